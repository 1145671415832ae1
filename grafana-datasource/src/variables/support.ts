import { CustomVariableSupport, DataQueryRequest, DataQueryResponse, FieldType, createDataFrame } from '@grafana/data';
import { DataQuery } from '@grafana/schema';
import { from, map, Observable } from 'rxjs';
import { VariableQueryEditor } from '../components/VariableQueryEditor';
import type { TsdbDataSource, VariableRow } from '../datasource';

export type VariableKind = 'tagValues' | 'tags' | 'fields' | 'measurements' | 'databases' | 'sql';

/** Where a template variable's values come from, as it is saved in the dashboard. */
export interface TsdbVariableQuery extends DataQuery {
  kind: VariableKind;
  database?: string;
  measurement?: string;
  tag?: string;
  rawSql?: string;
}

export const DEFAULT_VARIABLE_QUERY: TsdbVariableQuery = { refId: 'variable', kind: 'tagValues' };

// As many values as a variable's list can still be scrolled in.
const VALUES_MAX = 10_000;

/** Template variables of the data source: a kind of name or value, or a statement's first column. */
export class TsdbVariableSupport extends CustomVariableSupport<TsdbDataSource, TsdbVariableQuery> {
  editor = VariableQueryEditor;

  constructor(private readonly datasource: TsdbDataSource) {
    super();
  }

  query(request: DataQueryRequest<TsdbVariableQuery>): Observable<DataQueryResponse> {
    return from(this.rows(request)).pipe(map((rows) => ({ data: [frameOf(rows)] })));
  }

  private async rows(request: DataQueryRequest<TsdbVariableQuery>): Promise<VariableRow[]> {
    const query = request.targets[0] ?? DEFAULT_VARIABLE_QUERY;
    if (query.kind === 'sql') {
      return query.rawSql?.trim()
        ? this.datasource.variableRows(query.rawSql, query.database, request.range, request.scopedVars)
        : [];
    }
    const names = await this.names(query, request);
    return names.map((name) => ({ text: name, value: name }));
  }

  private names(query: TsdbVariableQuery, request: DataQueryRequest<TsdbVariableQuery>): Promise<string[]> {
    const { schema } = this.datasource;
    const plain = (text: string | undefined) => (text ? this.datasource.plain(text, request.scopedVars) : undefined);
    const database = plain(query.database);
    const measurement = plain(query.measurement);
    const tag = plain(query.tag);
    switch (query.kind) {
      case 'databases':
        return schema.databases();
      case 'measurements':
        return schema.measurements(database);
      case 'tags':
        return schema.tags(database, measurement);
      case 'fields':
        return measurement ? schema.fields(database, measurement).then((fields) => fields.map((field) => field.name)) : Promise.resolve([]);
      default:
        return tag ? schema.tagValues(database, measurement, tag, '', VALUES_MAX) : Promise.resolve([]);
    }
  }
}

function frameOf(rows: VariableRow[]) {
  return createDataFrame({
    fields: [
      { name: 'text', type: FieldType.string, values: rows.map((row) => row.text) },
      { name: 'value', type: FieldType.string, values: rows.map((row) => row.value) },
    ],
  });
}
