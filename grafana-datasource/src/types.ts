import { DataSourceJsonData } from '@grafana/data';
import { DataQuery } from '@grafana/schema';
import { BuilderQuery } from './sql/builder';

/** What the back end makes of the rows of an answer; see `docs/contract.md`. */
export type QueryFormat = 'time_series' | 'table' | 'logs';

export type EditorMode = 'builder' | 'sql';

/** A filter of the dashboard's ad-hoc filters, in Grafana's own form. */
export interface AdHocFilter {
  key: string;
  operator: string;
  value: string;
  values?: string[];
}

/** One query, as it is saved in dashboards and alert rules and sent to the back end; see `docs/contract.md`. */
export interface TsdbQuery extends DataQuery {
  queryType?: '' | 'sql' | 'annotation';
  editorMode?: EditorMode;
  /** Statement with macros; the builder writes it too. The only part of builder and SQL that the back end reads. */
  rawSql?: string;
  builder?: BuilderQuery;
  /** SQL written by hand that the builder could not show when the user switched to it; given back on demand. */
  keptSql?: string;
  format?: QueryFormat;
  /** Template of the series' names: `{{tag}}`, `{{field}}`, `{{measurement}}`. */
  legend?: string;
  /** Database instead of the data source's default. */
  database?: string;
  /** What stands in a bucket without a row: `none`, `null`, `previous`, `next`, `linear`, or a number. */
  fill?: string;
  adHocFilters?: AdHocFilter[];
  /** New rows are streamed through Grafana Live. */
  live?: boolean;
  timeColumn?: string;
  timeEndColumn?: string;
  textColumn?: string;
  tagsColumns?: string[];
}

/** Settings of a data source that are no secrets. */
export interface TsdbOptions extends DataSourceJsonData {
  database?: string;
  timeoutSeconds?: number;
  maxRows?: number;
  timeInterval?: string;
  tlsAuth?: boolean;
  tlsAuthWithCACert?: boolean;
  tlsSkipVerify?: boolean;
  serverName?: string;
  /** `httpHeaderName1`, `httpHeaderName2`, ...; the values are secrets of the same number. */
  [httpHeaderName: `httpHeaderName${number}`]: string | undefined;
}

/** Settings that Grafana keeps encrypted and gives to the back end only. */
export interface TsdbSecrets {
  token?: string;
  basicAuthPassword?: string;
  tlsCACert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
  [httpHeaderValue: `httpHeaderValue${number}`]: string | undefined;
}

/** An error with its place in the statement; lines and columns count from 1, columns in code points. */
export interface SqlError {
  code?: string;
  message: string;
  line?: number;
  column?: number;
}
