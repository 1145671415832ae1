import { DataSourceInstanceSettings, PluginType, ScopedVars, TypedVariableModel } from '@grafana/data';
import { BackendSrv, BackendSrvRequest, FetchResponse, setBackendSrv, TemplateSrv } from '@grafana/runtime';
import { defer, Observable } from 'rxjs';
import { TsdbDataSource } from '../datasource';
import { TsdbOptions } from '../types';

/** A template variable of the fake: what Grafana keeps of one, as far as interpolation asks. */
export interface FakeVariable {
  name: string;
  value: string | string[];
  multi?: boolean;
  includeAll?: boolean;
  /** The dashboard's own text for All. */
  allValue?: string;
  options?: string[];
}

/** Grafana's interpolation, as far as data sources see it: a function gets the value, but for an own text for All, which goes in as it is. */
export class FakeTemplateSrv implements TemplateSrv {
  constructor(private readonly variables: FakeVariable[] = []) {}

  getVariables(): TypedVariableModel[] {
    return this.variables.map((variable) => ({
      ...variable,
      current: { value: variable.value, text: variable.value },
    })) as unknown as TypedVariableModel[];
  }

  replace(target = '', scopedVars: ScopedVars = {}, format?: string | ((...args: unknown[]) => string)): string {
    return target.replace(/\$(\w+)|\[\[(\w+?)\]\]|\$\{(\w+)(?::(\w+))?\}/g, (match, plain, square, curly, own) => {
      const name = plain ?? square ?? curly;
      const variable = this.variables.find((candidate) => candidate.name === name);
      const scoped = scopedVars[name]?.value;
      if (scoped === undefined && variable === undefined) {
        return match;
      }
      const value = scoped ?? this.valueOf(variable!);
      if (scoped === undefined && isAll(variable!) && variable!.allValue !== undefined) {
        return variable!.allValue;
      }
      if (typeof format === 'function') {
        return format(value, variable ?? {}, () => '');
      }
      return own === 'json' ? JSON.stringify(value) : [value].flat().join(',');
    });
  }

  containsTemplate(target = ''): boolean {
    return target.includes('$');
  }

  updateTimeRange() {}

  private valueOf(variable: FakeVariable): string | string[] {
    return isAll(variable) ? (variable.options ?? []) : variable.value;
  }
}

function isAll(variable: FakeVariable): boolean {
  return [variable.value].flat()[0] === '$__all';
}

/** A request that reached the fake back end. */
export interface Seen {
  method: string;
  url: string;
  params?: Record<string, unknown>;
  data?: unknown;
}

export type Answer = (request: Seen) => unknown;

/** Answers requests of the data source by the end of their path; what has no answer fails with 404. Every request is kept. */
export class FakeBackend {
  readonly seen: Seen[] = [];

  constructor(private readonly answers: Record<string, Answer>) {
    setBackendSrv({ fetch: (request: BackendSrvRequest) => this.fetch(request) } as unknown as BackendSrv);
  }

  of(path: string): Seen[] {
    return this.seen.filter((request) => request.url.endsWith(path));
  }

  private fetch<T>(request: BackendSrvRequest): Observable<FetchResponse<T>> {
    return defer(async () => {
      const seen: Seen = { method: request.method ?? 'GET', url: request.url.split('?')[0], params: request.params, data: request.data };
      this.seen.push(seen);
      const answer = Object.entries(this.answers).find(([path]) => seen.url.endsWith(path))?.[1];
      if (!answer) {
        throw { status: 404, statusText: 'Not Found', data: { message: `nothing at ${seen.url}` }, config: request };
      }
      return { data: answer(seen), status: 200, ok: true } as FetchResponse<T>;
    });
  }
}

const FIELDS: Record<string, Array<{ name: string; type: string }>> = {
  cpu: [
    { name: 'usage_user', type: 'float64' },
    { name: 'usage system', type: 'float64' },
    { name: 'state', type: 'string' },
  ],
  'plant "a"': [{ name: 'temp', type: 'float64' }],
};

/** A database with two measurements, one of a hostile name, behind the resources of `docs/contract.md`. */
export const SCHEMA_ANSWERS: Record<string, Answer> = {
  '/databases': () => ['default', 'iot'],
  '/measurements': () => ['cpu', 'plant "a"'],
  '/fields': ({ params }) => FIELDS[String(params?.measurement)] ?? [],
  '/tags': ({ params }) => (params?.measurement === 'plant "a"' ? ['room'] : ['host', 'region']),
  '/tag-values': ({ params }) => ['server-1', "server'2", 'west'].filter((value) => value.startsWith(String(params?.prefix ?? ''))),
  '/functions': () => [
    { name: 'avg', signature: 'avg(x)', doc: 'mean', kind: 'aggregate' },
    { name: 'count', signature: 'count(*)', doc: 'rows', kind: 'aggregate' },
    { name: 'last', signature: 'last(x)', doc: 'newest', kind: 'aggregate' },
    { name: 'max', signature: 'max(x)', doc: 'largest', kind: 'aggregate' },
    { name: 'now', signature: 'now()', doc: 'start of the query', kind: 'scalar' },
  ],
  '/macros': () => [
    { name: '$__timeFilter', signature: '$__timeFilter(column)', doc: 'keeps the range', example: 'WHERE $__timeFilter(time)' },
    { name: '$__interval', signature: '$__interval', doc: 'width of a bucket' },
  ],
  '/validate': () => ({}),
};

export const UID = 'tsdb-uid';

export function settingsOf(jsonData: TsdbOptions = { database: 'iot' }): DataSourceInstanceSettings<TsdbOptions> {
  return {
    // Still required by the type.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    id: 1,
    uid: UID,
    type: 'tsdb-tsdb-datasource',
    name: 'tsdb',
    access: 'proxy',
    readOnly: false,
    jsonData,
    meta: { id: 'tsdb-tsdb-datasource', name: 'tsdb', type: PluginType.datasource, baseUrl: '', module: '' } as never,
  };
}

/** The real data source before a fake back end. */
export function dataSourceWith(variables: FakeVariable[] = [], answers: Record<string, Answer> = {}) {
  const backend = new FakeBackend({ ...SCHEMA_ANSWERS, ...answers });
  const datasource = new TsdbDataSource(settingsOf(), new FakeTemplateSrv(variables));
  return { backend, datasource };
}
