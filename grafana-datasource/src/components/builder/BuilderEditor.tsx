import { Alert, Combobox, InlineSwitch, Input, MultiCombobox, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { GrafanaTheme2, TimeRange } from '@grafana/data';
import React, { useState } from 'react';
import type { TsdbDataSource } from '../../datasource';
import { BuilderQuery, EMPTY_BUILDER, isCount, isGrouped } from '../../sql/builder';
import { optionsOf, withChosen } from '../options';
import { Row } from '../Row';
import { useLoaded } from '../useLoaded';
import { ColumnsRow } from './ColumnsRow';
import { FiltersRow } from './FiltersRow';
import { OrderRow } from './OrderRow';

export interface BuilderEditorProps {
  datasource: TsdbDataSource;
  database?: string;
  builder: BuilderQuery;
  sql: string;
  idPrefix: string;
  range?: TimeRange;
  onChange(builder: BuilderQuery): void;
}

const WIDTHS = ['1s', '10s', '1m', '5m', '10m', '30m', '1h', '6h', '1d', '7d'];
const BUCKETS = [
  { value: '', label: 'none', description: 'every row' },
  { value: 'auto', label: 'auto', description: "the panel's interval" },
  ...WIDTHS.map((value) => ({ value, label: value })),
];

/** The query builder: each control changes one part of the state, and the statement is written from the whole of it. */
export function BuilderEditor({ datasource, database, builder, sql, idPrefix, onChange }: BuilderEditorProps) {
  const styles = useStyles2(getStyles);
  const { schema } = datasource;
  const measurement = datasource.plain(builder.measurement);
  const measurements = useLoaded(() => schema.measurements(database), [database]);
  const tags = useLoaded(() => (measurement ? schema.tags(database, measurement) : Promise.resolve([])), [database, measurement]);
  const fields = useLoaded(() => (measurement ? schema.fields(database, measurement) : Promise.resolve([])), [database, measurement]);
  const functions = useLoaded(() => schema.functions(), []);
  const error = measurements.error ?? tags.error ?? fields.error ?? functions.error;
  const loading = error === undefined && (tags.value === undefined || fields.value === undefined);
  const grouped = isGrouped(builder);
  const change = (part: Partial<BuilderQuery>) => onChange({ ...builder, ...part });

  // Another measurement has other columns: what was chosen of the old one goes, how time is treated stays.
  const changeMeasurement = (name: string) => {
    const { bucket, limit, timeFilter, adHocFilters } = builder;
    onChange({ ...EMPTY_BUILDER, measurement: name, bucket, limit, timeFilter, adHocFilters });
  };

  return (
    <div>
      {error && <Alert title={`Names could not be loaded: ${error}`} severity="warning" />}
      <Row label="Measurement" htmlFor={`${idPrefix}-measurement`}>
        <Combobox
          id={`${idPrefix}-measurement`}
          width={32}
          placeholder="Choose measurement"
          createCustomValue
          options={optionsOf(measurements.value, builder.measurement)}
          value={builder.measurement || null}
          onChange={(option) => changeMeasurement(option.value)}
        />
      </Row>
      <ColumnsRow builder={builder} loading={loading} tags={tags.value} fields={fields.value} functions={functions.value} idPrefix={idPrefix} onChange={change} />
      <FiltersRow datasource={datasource} database={database} builder={builder} loading={loading} tags={tags.value} fields={fields.value} idPrefix={idPrefix} onChange={change} />
      <Row
        label="Time bucket"
        htmlFor={`${idPrefix}-bucket`}
        tooltip="Rows of one bucket become one value. auto: as wide as the panel's interval; or a duration such as 90s, 15m, 1d, or a variable."
      >
        <Combobox
          id={`${idPrefix}-bucket`}
          width={16}
          createCustomValue
          options={withChosen(BUCKETS, builder.bucket)}
          value={builder.bucket}
          onChange={(option) => onChange(withBucket(builder, option.value))}
        />
        {grouped && (
          <>
            <label className={styles.label} htmlFor={`${idPrefix}-group`}>
              Group by
            </label>
            <MultiCombobox
              id={`${idPrefix}-group`}
              width="auto"
              minWidth={24}
              maxWidth={80}
              placeholder="one series in all"
              createCustomValue
              options={optionsOf(tags.value, ...builder.groupBy)}
              value={builder.groupBy}
              onChange={(options) => change({ groupBy: options.map((option) => option.value) })}
            />
          </>
        )}
        <label className={styles.label} htmlFor={`${idPrefix}-latest`}>
          Latest by
        </label>
        <MultiCombobox
          id={`${idPrefix}-latest`}
          width="auto"
          minWidth={24}
          maxWidth={80}
          placeholder="all rows"
          createCustomValue
          options={optionsOf(tags.value, ...builder.latestBy)}
          value={builder.latestBy}
          onChange={(options) => change({ latestBy: options.map((option) => option.value) })}
        />
      </Row>
      <OrderRow builder={builder} tags={tags.value} fields={fields.value} idPrefix={idPrefix} onChange={change}>
        <label className={styles.label} htmlFor={`${idPrefix}-limit`}>
          Limit
        </label>
        <LimitInput key={builder.limit} id={`${idPrefix}-limit`} limit={builder.limit} onChange={(limit) => change({ limit })} />
        <InlineSwitch
          id={`${idPrefix}-time-filter`}
          label="Dashboard's time range"
          showLabel
          value={builder.timeFilter}
          onChange={(event) => change({ timeFilter: event.currentTarget.checked })}
        />
        <InlineSwitch
          id={`${idPrefix}-adhoc`}
          label="Ad-hoc filters"
          showLabel
          value={builder.adHocFilters}
          onChange={(event) => change({ adHocFilters: event.currentTarget.checked })}
        />
      </OrderRow>
      {sql !== '' && (
        <pre className={styles.sql} data-testid="tsdb-builder-sql">
          {sql}
        </pre>
      )}
    </div>
  );
}

/** The state with another bucket; plain columns get an aggregate with the first one, and lose it with the last. */
function withBucket(builder: BuilderQuery, bucket: string): BuilderQuery {
  const opens = bucket !== '' && !isGrouped(builder);
  const columns = opens ? builder.columns.map((column) => ({ ...column, aggregate: 'avg' })) : builder.columns;
  return { ...builder, bucket, columns };
}

function LimitInput({ id, limit, onChange }: { id: string; limit: string; onChange(limit: string): void }) {
  const [text, setText] = useState(limit);
  const wrong = text !== '' && !isCount(text);
  return (
    <Input
      id={id}
      width={10}
      placeholder="none"
      value={text}
      invalid={wrong}
      title={wrong ? 'A whole number, or a template variable' : undefined}
      onChange={(event) => setText(event.currentTarget.value.trim())}
      onBlur={() => text !== limit && !wrong && onChange(text)}
    />
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    label: css({ margin: theme.spacing(0, 0.5, 0, 1), ...theme.typography.bodySmall }),
    sql: css({
      margin: theme.spacing(0.5, 0, 1),
      padding: theme.spacing(1),
      fontSize: theme.typography.bodySmall.fontSize,
      background: theme.colors.background.secondary,
      border: `1px solid ${theme.colors.border.weak}`,
      color: theme.colors.text.secondary,
      whiteSpace: 'pre-wrap',
    }),
  };
}
