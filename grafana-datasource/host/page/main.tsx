import { createTheme, DataSourceInstanceSettings, DataSourcePlugin, PluginType, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { config, setBackendSrv, setDataSourceSrv, setGrafanaLiveSrv, setTemplateSrv } from '@grafana/runtime';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { AnnotationsPage } from './AnnotationsPage';
import { ConfigPage } from './ConfigPage';
import { DashboardPage } from './DashboardPage';
import { Plugin, TsdbLike } from './host';
import { loadPlugin } from './plugin';
import { backendSrv, HostTemplateSrv, liveSrv } from './services';

// Workers of the editor come from the page's own server.
Object.assign(window, { MonacoEnvironment: { getWorker: () => new Worker('/editor.worker.js') } });

async function start() {
  await initPluginTranslations('tsdb-tsdb-datasource');
  const templateSrv = new HostTemplateSrv();
  setBackendSrv(backendSrv);
  setTemplateSrv(templateSrv.asTemplateSrv);
  setGrafanaLiveSrv(liveSrv);
  config.theme2 = createTheme({ colors: { mode: location.search.includes('light') ? 'light' : 'dark' } });
  const plugin = (await loadPlugin()) as unknown as Plugin;
  const settings = await fetch('/api/datasources/uid/host').then((response) => response.json());
  const instance: DataSourceInstanceSettings = { ...settings, id: 1, meta: { id: 'tsdb-tsdb-datasource', name: 'tsdb', type: PluginType.datasource } };
  setDataSourceSrv({ getInstanceSettings: () => instance } as never);
  const datasource = new (plugin as unknown as DataSourcePlugin<TsdbLike>).DataSourceClass(instance);
  const pages: Record<string, React.ReactNode> = {
    '/config': <ConfigPage plugin={plugin} settings={settings} datasource={datasource} />,
    '/annotations': <AnnotationsPage datasource={datasource} />,
  };
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={config.theme2}>
      <GlobalStyles />
      <div style={{ padding: 16, maxWidth: 1240 }}>
        {pages[location.pathname] ?? pages[location.hash.slice(1)] ?? <DashboardPage plugin={plugin} datasource={datasource} templateSrv={templateSrv} />}
      </div>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

start().catch((error: unknown) => {
  document.body.textContent = `The page could not start: ${error}`;
});
