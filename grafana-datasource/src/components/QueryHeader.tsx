import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Button, Combobox, InlineSwitch, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { TsdbDataSource } from '../datasource';
import { EditorMode, QueryFormat, TsdbQuery } from '../types';
import { optionsOf } from './options';
import { useLoaded } from './useLoaded';

interface QueryHeaderProps {
  datasource: TsdbDataSource;
  query: TsdbQuery;
  mode: EditorMode;
  idPrefix: string;
  onMode(mode: EditorMode): void;
  onChange(query: TsdbQuery): void;
  onFormat(): void;
  onRun(): void;
}

const MODES: Array<{ label: string; value: EditorMode }> = [
  { label: 'Builder', value: 'builder' },
  { label: 'SQL', value: 'sql' },
];

const FORMATS: Array<{ label: string; value: QueryFormat }> = [
  { label: 'Time series', value: 'time_series' },
  { label: 'Table', value: 'table' },
  { label: 'Logs', value: 'logs' },
];

/** What a query is: its form, its database, how it is edited. */
export function QueryHeader({ datasource, query, mode, idPrefix, onMode, onChange, onFormat, onRun }: QueryHeaderProps) {
  const styles = useStyles2(getStyles);
  const databases = useLoaded(() => datasource.schema.databases(), []);
  const database = query.database ?? '';
  const usual = { value: '', label: datasource.defaultDatabase ? `${datasource.defaultDatabase} (default)` : 'default' };
  return (
    <div className={styles.header}>
      <label htmlFor={`${idPrefix}-format`}>Format</label>
      <Combobox
        id={`${idPrefix}-format`}
        width={16}
        options={FORMATS}
        value={query.format || 'time_series'}
        onChange={(option) => onChange({ ...query, format: option.value })}
      />
      <label htmlFor={`${idPrefix}-database`}>Database</label>
      <Combobox
        id={`${idPrefix}-database`}
        width={22}
        createCustomValue
        options={[usual, ...optionsOf(databases.value, database)]}
        value={database}
        onChange={(option) => onChange({ ...query, database: option.value || undefined })}
      />
      <InlineSwitch
        id={`${idPrefix}-live`}
        label="Live"
        showLabel
        value={!!query.live}
        onChange={(event) => onChange({ ...query, live: event.currentTarget.checked })}
      />
      <div className={styles.gap} />
      {mode === 'sql' && (
        <Button variant="secondary" size="sm" fill="text" onClick={onFormat}>
          Format SQL
        </Button>
      )}
      <Button icon="play" variant="primary" size="sm" onClick={onRun} disabled={mode === 'builder' && !query.rawSql?.trim()}>
        Run query
      </Button>
      <RadioButtonGroup size="sm" options={MODES} value={mode} onChange={onMode} />
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    header: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: theme.spacing(1),
      marginBottom: theme.spacing(1),
      label: { ...theme.typography.bodySmall, margin: 0 },
    }),
    gap: css({ flexGrow: 1 }),
  };
}
