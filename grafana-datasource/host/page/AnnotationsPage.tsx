import { AnnotationQuery, DataFrame, LoadingState, PanelData } from '@grafana/data';
import { Button } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { HostQuery, rangeOfAddress, requestOf, TsdbLike } from './host';
import { Panel } from './Panel';

/** Grafana's page of an annotation: the plugin's editor, and the events that come of it. */
export function AnnotationsPage({ datasource }: { datasource: TsdbLike }) {
  const range = useMemo(rangeOfAddress, []);
  const support = datasource.annotations;
  const [annotation, setAnnotation] = useState<AnnotationQuery<HostQuery>>({
    name: 'events',
    enable: true,
    iconColor: 'red',
    target: { refId: 'Anno', ...support.getDefaultQuery?.() },
  });
  const [data, setData] = useState<PanelData>({ state: LoadingState.NotStarted, series: [], timeRange: range });
  const latest = useRef(annotation);
  const Editor = support.QueryEditor as unknown as React.ComponentType<Record<string, unknown>>;

  const run = async () => {
    const query = support.prepareQuery?.(latest.current);
    if (query) {
      const answer = await lastValueFrom(datasource.query(requestOf([query], range)));
      setData({ state: answer.state ?? LoadingState.Done, series: answer.data as DataFrame[], errors: answer.errors, timeRange: range });
    }
  };
  return (
    <>
      <Editor
        datasource={datasource}
        query={annotation.target}
        data={data}
        range={range}
        onChange={(target: HostQuery) => {
          latest.current = { ...latest.current, target };
          setAnnotation(latest.current);
        }}
        onRunQuery={run}
      />
      <div style={{ margin: '12px 0' }}>
        <Button onClick={run}>Test annotation query</Button>
      </div>
      <Panel data={data} range={range} format="table" />
    </>
  );
}
