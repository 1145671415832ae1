import { QueryEditorProps } from '@grafana/data';
import { Combobox } from '@grafana/ui';
import React, { useId } from 'react';
import type { TsdbDataSource } from '../datasource';
import { TsdbOptions, TsdbQuery } from '../types';
import type { TsdbVariableQuery, VariableKind } from '../variables/support';
import { optionsOf } from './options';
import { Row } from './Row';
import { SqlEditor } from './SqlEditor';
import { useLoaded } from './useLoaded';

type Props = QueryEditorProps<TsdbDataSource, TsdbQuery, TsdbOptions, TsdbVariableQuery>;

const KINDS: Array<{ label: string; value: VariableKind; description: string }> = [
  { value: 'tagValues', label: 'Tag values', description: 'the values of a tag' },
  { value: 'tags', label: 'Tags', description: 'names of tags' },
  { value: 'fields', label: 'Fields', description: 'names of fields' },
  { value: 'measurements', label: 'Measurements', description: 'names of measurements' },
  { value: 'databases', label: 'Databases', description: 'names of databases' },
  { value: 'sql', label: 'SQL', description: 'the first column of a statement, or __text and __value' },
];

/** Editor of a template variable's query. */
export function VariableQueryEditor({ datasource, query, range, onChange, onRunQuery }: Props) {
  const idPrefix = `tsdb-variable-${useId()}`;
  const { schema } = datasource;
  const { kind = 'tagValues', database = '', measurement = '', tag = '' } = query;
  const inDatabase = datasource.plain(database) || undefined;
  const of = datasource.plain(measurement) || undefined;
  const databases = useLoaded(() => schema.databases(), []);
  const measurements = useLoaded(() => schema.measurements(inDatabase), [inDatabase]);
  const tags = useLoaded(() => schema.tags(inDatabase, of), [inDatabase, of]);
  const change = (part: Partial<TsdbVariableQuery>) => {
    onChange({ ...query, refId: query.refId || 'variable', kind, ...part });
    onRunQuery();
  };
  const usual = { value: '', label: datasource.defaultDatabase ? `${datasource.defaultDatabase} (default)` : 'default' };

  return (
    <div data-testid="tsdb-variable-editor">
      <Row label="Values are" htmlFor={`${idPrefix}-kind`}>
        <Combobox id={`${idPrefix}-kind`} width={32} options={KINDS} value={kind} onChange={(option) => change({ kind: option.value })} />
      </Row>
      {kind !== 'databases' && (
        <Row label="Database" htmlFor={`${idPrefix}-database`}>
          <Combobox
            id={`${idPrefix}-database`}
            width={32}
            createCustomValue
            options={[usual, ...optionsOf(databases.value, database)]}
            value={database}
            onChange={(option) => change({ database: option.value || undefined })}
          />
        </Row>
      )}
      {(kind === 'tagValues' || kind === 'tags' || kind === 'fields') && (
        <Row label="Measurement" htmlFor={`${idPrefix}-measurement`} tooltip={kind === 'fields' ? undefined : 'None: those of all measurements'}>
          <Combobox
            id={`${idPrefix}-measurement`}
            width={32}
            createCustomValue
            isClearable
            placeholder={kind === 'fields' ? 'Choose measurement' : 'all measurements'}
            options={optionsOf(measurements.value, measurement)}
            value={measurement || null}
            onChange={(option) => change({ measurement: option?.value })}
          />
        </Row>
      )}
      {kind === 'tagValues' && (
        <Row label="Tag" htmlFor={`${idPrefix}-tag`}>
          <Combobox
            id={`${idPrefix}-tag`}
            width={32}
            createCustomValue
            placeholder="Choose tag"
            options={optionsOf(tags.value, tag)}
            value={tag || null}
            onChange={(option) => change({ tag: option.value })}
          />
        </Row>
      )}
      {kind === 'sql' && (
        <SqlEditor
          datasource={datasource}
          query={{ refId: query.refId, rawSql: query.rawSql, database: query.database }}
          range={range}
          onChange={(rawSql) => change({ rawSql })}
          onRun={(rawSql) => change({ rawSql })}
        />
      )}
    </div>
  );
}
