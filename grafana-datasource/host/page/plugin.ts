// Loads dist/module.js as Grafana does: an AMD module that gets the packages of the host, never its own.
import * as emotion from '@emotion/css';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import * as rxjs from 'rxjs';

const PATH = '/public/plugins/tsdb-tsdb-datasource/';

const PACKAGES: Record<string, unknown> = {
  '@emotion/css': emotion,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  module: { uri: `${PATH}module.js` },
  react: React,
  'react/jsx-runtime': jsxRuntime,
  rxjs,
};

type Factory = (...packages: unknown[]) => { plugin: grafanaData.DataSourcePlugin<never> };

export function loadPlugin(): Promise<ReturnType<Factory>['plugin']> {
  return new Promise((resolve, reject) => {
    Object.assign(window, {
      define: (names: string[], factory: Factory) => {
        const missing = names.filter((name) => !(name in PACKAGES));
        if (missing.length > 0) {
          reject(new Error(`the plugin wants packages that the host lacks: ${missing.join(', ')}`));
          return;
        }
        resolve(factory(...names.map((name) => PACKAGES[name])).plugin);
      },
    });
    const script = document.createElement('script');
    script.src = `${PATH}module.js`;
    script.onerror = () => reject(new Error(`no ${script.src}: npm run build makes it`));
    document.head.append(script);
  });
}
