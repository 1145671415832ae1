import {
  AnnotationSupport,
  DataQuery,
  DataQueryRequest,
  DataQueryResponse,
  DataSourceApi,
  dateTime,
  QueryEditorProps,
  TimeRange,
} from '@grafana/data';
import { ComponentType } from 'react';
import { Observable } from 'rxjs';

/** A query of the data source, as the page sees one: the plugin's own types are the plugin's. */
export interface HostQuery extends DataQuery {
  rawSql?: string;
  format?: string;
  live?: boolean;
}

export interface TsdbLike extends DataSourceApi<HostQuery> {
  annotations: AnnotationSupport<HostQuery>;
  variables: never;
  testDatasource(): Promise<{ status: string; message: string }>;
  query(request: DataQueryRequest<HostQuery>): Observable<DataQueryResponse>;
}

export interface Plugin {
  components: {
    ConfigEditor: ComponentType<{ options: unknown; onOptionsChange(options: unknown): void }>;
    QueryEditor: ComponentType<QueryEditorProps<TsdbLike, HostQuery>>;
  };
}

/** The last minutes before now, or the range that the address asks for: `from` and `to` in milliseconds. */
export function rangeOfAddress(): TimeRange {
  const params = new URLSearchParams(location.search);
  const to = dateTime(params.has('to') ? Number(params.get('to')) : Date.now());
  const from = dateTime(params.has('from') ? Number(params.get('from')) : to.valueOf() - 5 * 60_000);
  return { from, to, raw: params.has('to') ? { from, to } : { from: 'now-5m', to: 'now' } };
}

export function requestOf<T extends DataQuery>(targets: T[], range: TimeRange, more: Partial<DataQueryRequest<T>> = {}): DataQueryRequest<T> {
  const maxDataPoints = 400;
  const intervalMs = Math.max(1000, Math.ceil((range.to.valueOf() - range.from.valueOf()) / maxDataPoints / 1000) * 1000);
  const interval = `${intervalMs / 1000}s`;
  return {
    requestId: `host-${targets.map((target) => target.refId).join()}`,
    app: 'dashboard',
    interval,
    intervalMs,
    maxDataPoints,
    range,
    rangeRaw: range.raw,
    scopedVars: { __interval: { text: interval, value: interval } },
    startTime: Date.now(),
    timezone: 'utc',
    targets,
    ...more,
  };
}
