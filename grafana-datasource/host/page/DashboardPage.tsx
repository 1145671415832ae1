import { CoreApp, CustomVariableSupport, DataFrame, LoadingState, PanelData } from '@grafana/data';
import { Button, Input, MultiCombobox } from '@grafana/ui';
import React, { useCallback, useMemo, useRef, useState } from 'react';
import { lastValueFrom, Subscription } from 'rxjs';
import { HostQuery, Plugin, rangeOfAddress, requestOf, TsdbLike } from './host';
import { Panel } from './Panel';
import { HostTemplateSrv } from './services';

interface Props {
  plugin: Plugin;
  datasource: TsdbLike;
  templateSrv: HostTemplateSrv;
}

const EMPTY: PanelData = { state: LoadingState.NotStarted, series: [], timeRange: rangeOfAddress() };

/** A dashboard of one panel: template variable, ad-hoc filter, panel, query editor. */
export function DashboardPage({ plugin, datasource, templateSrv }: Props) {
  const range = useMemo(rangeOfAddress, []);
  const [query, setQuery] = useState<HostQuery>({ refId: 'A', ...datasource.getDefaultQuery?.(CoreApp.Dashboard) });
  const [data, setData] = useState<PanelData>({ ...EMPTY, timeRange: range });
  const [filter, setFilter] = useState('');
  const latest = useRef({ query, filter });
  const running = useRef<Subscription>(undefined);
  latest.current.filter = filter;
  const { QueryEditor } = plugin.components;

  const change = useCallback((changed: HostQuery) => {
    latest.current.query = changed;
    setQuery(changed);
  }, []);

  const run = useCallback(() => {
    running.current?.unsubscribe();
    const target = latest.current.query;
    if (!(datasource.filterQuery?.(target) ?? true)) {
      setData({ ...EMPTY, timeRange: range });
      return;
    }
    const filters = filtersOf(latest.current.filter);
    setData((old) => ({ ...old, state: LoadingState.Loading }));
    running.current = datasource.query(requestOf([target], range, { filters })).subscribe((answer) => {
      const errors = answer.errors ?? (answer.error ? [answer.error] : undefined);
      setData({ state: answer.state ?? LoadingState.Done, series: [...(answer.data as DataFrame[])], errors, timeRange: range });
    });
  }, [datasource, range]);

  return (
    <>
      <Variables datasource={datasource} templateSrv={templateSrv} onChange={run} />
      <Input
        aria-label="ad-hoc filter"
        width={40}
        placeholder="ad-hoc filter: host = a"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
        onBlur={run}
      />
      <div style={{ margin: '8px 0 16px' }}>
        <Panel data={data} range={range} format={query.format || 'time_series'} />
      </div>
      <QueryEditor datasource={datasource} query={query} data={data} range={range} onChange={change} onRunQuery={run} />
    </>
  );
}

function filtersOf(text: string) {
  const [, key, operator, value] = /^(\S+) (\S+) (.*)$/.exec(text) ?? [];
  return key === undefined ? undefined : [{ key, operator, value }];
}

interface VariableQuery {
  refId: string;
  [key: string]: unknown;
}

/** The variable `host`: its editor, which opens on demand, and its values. */
function Variables({ datasource, templateSrv, onChange }: { datasource: TsdbLike; templateSrv: HostTemplateSrv; onChange(): void }) {
  const support = datasource.variables as unknown as CustomVariableSupport<never>;
  const [editing, setEditing] = useState(false);
  const [query, setQuery] = useState<VariableQuery>({ refId: 'variable' });
  const [options, setOptions] = useState<string[]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  const latest = useRef(query);
  const Editor = support.editor as unknown as React.ComponentType<Record<string, unknown>>;

  const load = async () => {
    const answer = await lastValueFrom(support.query(requestOf([latest.current], rangeOfAddress()) as never)).catch(() => undefined);
    const frame = answer?.data[0] as DataFrame | undefined;
    setOptions((frame?.fields[0].values ?? []) as string[]);
  };
  const choose = (values: string[]) => {
    setChosen(values);
    const current = { value: values, text: values };
    templateSrv.variables = values.length === 0 ? [] : [{ name: 'host', multi: true, includeAll: true, options, current }];
    onChange();
  };
  return (
    <div style={{ marginBottom: 8 }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', marginBottom: 8 }}>
        <label htmlFor="variable-host">host</label>
        <MultiCombobox
          id="variable-host"
          width={40}
          options={[{ value: '$__all', label: 'All' }, ...options.map((value) => ({ value, label: value }))]}
          value={chosen}
          onChange={(selected) => choose(selected.map((option) => option.value))}
        />
        <Button size="sm" variant="secondary" onClick={() => setEditing(!editing)}>
          Edit variable
        </Button>
        <span data-testid="variable-options">{options.join('|')}</span>
      </div>
      {editing && (
        <Editor
          datasource={datasource}
          query={query}
          onChange={(changed: VariableQuery) => {
            latest.current = changed;
            setQuery(changed);
          }}
          onRunQuery={load}
        />
      )}
    </div>
  );
}
