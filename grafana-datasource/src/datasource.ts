import {
  AdHocVariableFilter,
  CoreApp,
  DataFrame,
  DataSourceApi,
  DataSourceGetTagKeysOptions,
  DataSourceGetTagValuesOptions,
  DataSourceInstanceSettings,
  MetricFindValue,
  ScopedVars,
  TimeRange,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv, TemplateSrv } from '@grafana/runtime';
import { annotationSupport } from './annotations/support';
import { isSqlError } from './schema/errors';
import { Schema } from './schema/schema';
import { EMPTY_BUILDER } from './sql/builder';
import { Interpolated, interpolate } from './sql/interpolate';
import { measurementOf } from './sql/measurement';
import { SqlError, TsdbOptions, TsdbQuery } from './types';
import { lookupIn } from './variables/lookup';
import { TsdbVariableSupport } from './variables/support';

/** Rows of `/variable`. */
export interface VariableRow {
  text: string;
  value: string;
}

/**
 * The data source in the browser: puts template variables and ad-hoc filters into queries, and asks the back end.
 *
 * `query()` is that of the base class and changes nothing, so that public dashboards, alert rules and expressions, which go to the back end without
 * this class, get the same answers. New rows of a query with `live` come through the channel that the back end names in its answer.
 */
export class TsdbDataSource extends DataSourceWithBackend<TsdbQuery, TsdbOptions> {
  readonly schema: Schema;
  readonly defaultDatabase?: string;

  constructor(
    settings: DataSourceInstanceSettings<TsdbOptions>,
    private readonly templateSrv: TemplateSrv = getTemplateSrv()
  ) {
    super(settings);
    this.defaultDatabase = settings.jsonData.database;
    this.schema = new Schema((path, params) => this.getResource(path, params));
    this.annotations = annotationSupport;
    // Its editor wants this very class, which the base class's type cannot say.
    this.variables = new TsdbVariableSupport(this) as unknown as DataSourceApi<TsdbQuery, TsdbOptions>['variables'];
  }

  getDefaultQuery(_app: CoreApp): Partial<TsdbQuery> {
    return { editorMode: 'builder', builder: EMPTY_BUILDER, rawSql: '', format: 'time_series' };
  }

  filterQuery(query: TsdbQuery): boolean {
    return !query.hide && !!query.rawSql?.trim();
  }

  getQueryDisplayText(query: TsdbQuery): string {
    return query.rawSql ?? '';
  }

  applyTemplateVariables(query: TsdbQuery, scopedVars: ScopedVars, filters?: AdHocVariableFilter[]): TsdbQuery {
    const text = (value: string | undefined) => (value ? this.templateSrv.replace(value, scopedVars) : value);
    return {
      ...query,
      rawSql: this.interpolated(query.rawSql, scopedVars).sql,
      database: text(query.database),
      legend: text(query.legend),
      ...(filters && filters.length > 0
        ? { adHocFilters: filters.map(({ key, operator, value, values }) => ({ key, operator, value, ...(values ? { values } : {}) })) }
        : {}),
    };
  }

  /** The statement as the back end gets it. */
  interpolated(sql = '', scopedVars: ScopedVars = {}): Interpolated {
    return interpolate(sql, lookupIn(this.templateSrv, scopedVars));
  }

  /** Asks the server to parse the query and to resolve its names; nothing is run. The place of an error is one in the interpolated statement. */
  async validate(query: TsdbQuery, range?: TimeRange): Promise<SqlError | undefined> {
    const answer: { error?: unknown } = await this.postResource(
      'validate',
      {
        sql: this.interpolated(query.rawSql).sql,
        database: this.databaseOf(query),
        ...(range ? { range: rangeOf(range) } : {}),
      },
      { showErrorAlert: false }
    );
    return isSqlError(answer?.error) ? answer.error : undefined;
  }

  /** Values of a variable from a statement. */
  variableRows(rawSql: string, database?: string, range?: TimeRange, scopedVars: ScopedVars = {}): Promise<VariableRow[]> {
    return this.postResource('variable', {
      rawSql: this.interpolated(rawSql, scopedVars).sql,
      database: database ? this.templateSrv.replace(database, scopedVars) : undefined,
      ...(range ? { range: rangeOf(range) } : {}),
    });
  }

  async getTagKeys(options?: DataSourceGetTagKeysOptions<TsdbQuery>): Promise<MetricFindValue[]> {
    const tags = await this.ofMeasurements(options?.queries, (database, measurement) => this.schema.tags(database, measurement));
    return tags.map((text) => ({ text }));
  }

  async getTagValues(options: DataSourceGetTagValuesOptions<TsdbQuery>): Promise<MetricFindValue[]> {
    const values = await this.ofMeasurements(options.queries, (database, measurement) =>
      this.schema.tagValues(database, measurement, options.key)
    );
    return values.map((text) => ({ text }));
  }

  /** Template variables, for completion: `$host`. */
  variableNames(): string[] {
    return this.templateSrv.getVariables().map((variable) => variable.name);
  }

  /** The text with template variables replaced, for what is no SQL: names for the schema. */
  plain(text: string, scopedVars: ScopedVars = {}): string {
    return this.templateSrv.replace(text, scopedVars);
  }

  databaseOf(query: TsdbQuery): string | undefined {
    return query.database ? this.templateSrv.replace(query.database) : undefined;
  }

  /** What the measurements of the panels' queries have, without doubles; of the whole database where no query tells its measurement. */
  private async ofMeasurements(
    queries: TsdbQuery[] | undefined,
    ask: (database?: string, measurement?: string) => Promise<string[]>
  ): Promise<string[]> {
    const sources = new Map<string, [string | undefined, string | undefined]>();
    for (const query of queries ?? []) {
      const measurement = measurementOf(this.interpolated(query.rawSql).sql);
      if (measurement !== undefined) {
        const database = this.databaseOf(query);
        sources.set(JSON.stringify([database, measurement]), [database, measurement]);
      }
    }
    const asked = sources.size === 0 ? [ask()] : [...sources.values()].map(([database, measurement]) => ask(database, measurement));
    const lists = await Promise.all(asked);
    return [...new Set(lists.flat())].sort();
  }
}

function rangeOf(range: TimeRange) {
  return { from: range.from.toISOString(), to: range.to.toISOString() };
}

/** The error of a query in its answer, with its place in the statement that the back end got. */
export function errorOf(frames: DataFrame[] | undefined, refId: string): SqlError | undefined {
  const errors = (frames ?? []).filter((frame) => frame.refId === refId).map((frame) => frame.meta?.custom?.error);
  return errors.find(isSqlError);
}
