import { AnnotationQuery, QueryEditorProps } from '@grafana/data';
import { Button, Input } from '@grafana/ui';
import React, { useId } from 'react';
import { errorOf, TsdbDataSource } from '../datasource';
import { formatSql } from '../sql/format';
import { TsdbOptions, TsdbQuery } from '../types';
import { Row } from './Row';
import { SqlEditor } from './SqlEditor';

type Props = QueryEditorProps<TsdbDataSource, TsdbQuery, TsdbOptions> & {
  annotation?: AnnotationQuery<TsdbQuery>;
  onAnnotationChange?: (annotation: AnnotationQuery<TsdbQuery>) => void;
};

type ColumnKey = 'timeColumn' | 'timeEndColumn' | 'textColumn';

const EXAMPLE = 'SELECT time, message, level\nFROM events\nWHERE $__timeFilter(time)';

/** Editor of annotations: a statement, and which of its columns are time, end, text and tags. */
export function AnnotationQueryEditor({ datasource, query, data, range, onChange, onRunQuery }: Props) {
  const idPrefix = `tsdb-annotation-${useId()}`;
  const annotated: TsdbQuery = { ...query, queryType: 'annotation', editorMode: 'sql', format: 'table' };
  const change = (part: Partial<TsdbQuery>) => onChange({ ...annotated, ...part });
  const columnInput = (key: ColumnKey, placeholder: string) => (
    <Input
      key={`${key} ${query[key] ?? ''}`}
      id={`${idPrefix}-${key}`}
      width={24}
      placeholder={placeholder}
      defaultValue={query[key] ?? ''}
      onBlur={(event) => change({ [key]: event.currentTarget.value.trim() || undefined })}
    />
  );
  return (
    <div data-testid="tsdb-annotation-editor">
      <SqlEditor
        datasource={datasource}
        query={annotated}
        range={range}
        runError={errorOf(data?.series, query.refId)}
        onChange={(rawSql) => change({ rawSql })}
        onRun={(rawSql) => {
          change({ rawSql });
          onRunQuery();
        }}
      />
      <Row label="Time" htmlFor={`${idPrefix}-timeColumn`} tooltip="Column with the time of an event; none: the first timestamp">
        {columnInput('timeColumn', 'time')}
      </Row>
      <Row label="End" htmlFor={`${idPrefix}-timeEndColumn`} tooltip="Column with the end of an event that lasts">
        {columnInput('timeEndColumn', 'none')}
      </Row>
      <Row label="Text" htmlFor={`${idPrefix}-textColumn`} tooltip="Column with the text; none: the first text">
        {columnInput('textColumn', 'first text')}
      </Row>
      <Row label="Tags" htmlFor={`${idPrefix}-tagsColumns`} tooltip="Columns whose values are the event's tags, separated by commas">
        <Input
          key={(query.tagsColumns ?? []).join()}
          id={`${idPrefix}-tagsColumns`}
          width={40}
          placeholder="none"
          defaultValue={(query.tagsColumns ?? []).join(', ')}
          onBlur={(event) => change({ tagsColumns: listOf(event.currentTarget.value) })}
        />
      </Row>
      {!query.rawSql?.trim() ? (
        <Button size="sm" variant="secondary" onClick={() => change({ rawSql: EXAMPLE })}>
          Start with an example
        </Button>
      ) : (
        <Button size="sm" variant="secondary" onClick={() => change({ rawSql: formatSql(query.rawSql ?? '') })}>
          Format SQL
        </Button>
      )}
    </div>
  );
}

function listOf(text: string): string[] | undefined {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}
