import { QueryEditorProps } from '@grafana/data';
import { Alert, Button, ConfirmModal } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { errorOf, TsdbDataSource } from '../datasource';
import { describe } from '../editor/markers';
import { formatSql } from '../sql/format';
import { TsdbOptions, TsdbQuery } from '../types';
import { BuilderEditor } from './builder/BuilderEditor';
import { builderOf, modeOf, restoreKept, startBuilder, toBuilderMode, toSqlMode, withBuilder } from './modes';
import { QueryHeader } from './QueryHeader';
import { QueryOptions } from './QueryOptions';
import { SqlEditor } from './SqlEditor';

type Props = QueryEditorProps<TsdbDataSource, TsdbQuery, TsdbOptions>;

/** Editor of one query in panels, Explore and alert rules: builder or SQL, and what both have. */
export function QueryEditor({ datasource, query, data, range, onChange, onRunQuery }: Props) {
  const idPrefix = `tsdb-${query.refId}-${useId()}`;
  const [asking, setAsking] = useState(false);
  const mode = modeOf(query);
  const runError = errorOf(data?.series, query.refId);

  const changeAndRun = (changed: TsdbQuery) => {
    onChange(changed);
    if (changed.rawSql?.trim()) {
      onRunQuery();
    }
  };

  const switchTo = (wanted: 'builder' | 'sql') => {
    if (wanted === 'sql') {
      onChange(toSqlMode(query));
      return;
    }
    const built = toBuilderMode(query);
    if (built) {
      onChange(built);
    } else {
      setAsking(true);
    }
  };

  return (
    <div data-testid="tsdb-query-editor">
      <QueryHeader
        datasource={datasource}
        query={query}
        mode={mode}
        idPrefix={idPrefix}
        onMode={switchTo}
        onChange={changeAndRun}
        onFormat={() => onChange({ ...query, rawSql: formatSql(query.rawSql ?? '') })}
        onRun={onRunQuery}
      />
      {query.keptSql !== undefined && (
        <Alert severity="info" title="A statement written by hand is kept with this query">
          <Button size="sm" variant="secondary" onClick={() => changeAndRun(restoreKept(query))}>
            Go back to it
          </Button>{' '}
          <Button size="sm" variant="secondary" fill="text" onClick={() => onChange({ ...query, keptSql: undefined })}>
            Forget it
          </Button>
        </Alert>
      )}
      {mode === 'builder' ? (
        <>
          <BuilderEditor
            datasource={datasource}
            database={datasource.databaseOf(query)}
            builder={builderOf(query)}
            sql={query.rawSql ?? ''}
            idPrefix={idPrefix}
            range={range}
            onChange={(builder) => changeAndRun(withBuilder(query, builder))}
          />
          {runError && (
            <Alert severity="error" title={describe(runError, undefined)} data-testid="tsdb-builder-error" />
          )}
        </>
      ) : (
        <SqlEditor
          datasource={datasource}
          query={query}
          range={range}
          runError={runError}
          onChange={(rawSql) => onChange({ ...query, rawSql })}
          onRun={(rawSql) => changeAndRun({ ...query, rawSql })}
        />
      )}
      <QueryOptions query={query} idPrefix={idPrefix} onChange={changeAndRun} />
      <ConfirmModal
        isOpen={asking}
        title="The builder cannot show this statement"
        body="It shows columns and aggregates of one measurement, with conditions that all hold, time buckets, groups, order and limit. Start with the builder anyway? The statement is kept, and one click brings it back."
        confirmText="Start with the builder"
        confirmVariant="primary"
        dismissText="Stay in SQL"
        onConfirm={() => {
          setAsking(false);
          onChange(startBuilder(query));
        }}
        onDismiss={() => setAsking(false)}
      />
    </div>
  );
}
