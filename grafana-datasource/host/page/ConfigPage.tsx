import { Alert, Button } from '@grafana/ui';
import React, { useState } from 'react';
import { Plugin, TsdbLike } from './host';

interface Props {
  plugin: Plugin;
  settings: unknown;
  datasource: TsdbLike;
}

/** Grafana's page of a data source: the plugin's editor, and "Save & test". */
export function ConfigPage({ plugin, settings, datasource }: Props) {
  const [options, setOptions] = useState(settings);
  const [result, setResult] = useState<{ status: string; message: string }>();
  const { ConfigEditor } = plugin.components;

  const save = async () => {
    setResult(undefined);
    const saved = await fetch('/api/datasources/uid/host', { method: 'PUT', body: JSON.stringify(options) });
    setOptions(await saved.json());
    setResult(await datasource.testDatasource().catch((error: { status: string; message: string }) => error));
  };

  return (
    <>
      <ConfigEditor options={options} onOptionsChange={setOptions} />
      {result && (
        <Alert data-testid="health" severity={result.status === 'success' ? 'success' : 'error'} title={result.message} />
      )}
      <Button onClick={save}>Save &amp; test</Button>
    </>
  );
}
