import { CoreApp, createDataFrame, DataQueryRequest, dateTime, FieldType, LoadingState, TimeRange } from '@grafana/data';
import { config, DataSourceWithBackend, GrafanaLiveSrv, setDataSourceSrv, setGrafanaLiveSrv } from '@grafana/runtime';
import { lastValueFrom, of } from 'rxjs';
import { errorOf, TsdbDataSource } from './datasource';
import { dataSourceWith, UID } from './testing/fakes';
import { TsdbQuery } from './types';

const RANGE: TimeRange = (() => {
  const from = dateTime('2026-11-23T10:00:00Z');
  const to = dateTime('2026-11-23T11:00:00Z');
  return { from, to, raw: { from, to } };
})();

function requestOf(...targets: TsdbQuery[]): DataQueryRequest<TsdbQuery> {
  return {
    requestId: 'Q1',
    app: CoreApp.Dashboard,
    interval: '10s',
    intervalMs: 10_000,
    maxDataPoints: 500,
    range: RANGE,
    scopedVars: { __interval: { text: '10s', value: '10s' } },
    startTime: 0,
    timezone: 'utc',
    targets,
  };
}

describe('query', () => {
  it('is the base class\'s own, so that public dashboards and alert rules get the same answers', () => {
    expect(Object.getOwnPropertyNames(TsdbDataSource.prototype)).not.toContain('query');
    expect(TsdbDataSource.prototype).toBeInstanceOf(DataSourceWithBackend);
  });

  it('sends the statement with values in the place of variables, and with the ad-hoc filters', async () => {
    const { backend, datasource } = dataSourceWith([{ name: 'hosts', value: ['a', "b'c"], multi: true }], {
      '/ds/query': () => ({ results: {} }),
    });
    const target: TsdbQuery = {
      refId: 'A',
      rawSql: "SELECT $__timeBucket(time), avg(x) FROM cpu WHERE host IN ('$hosts') AND $__adHocFilters GROUP BY 1",
      legend: '{{host}} $hosts',
    };
    const filters = [{ key: 'region', operator: '=|', value: 'w', values: ['w', 'e'], origin: 'dashboard' }];
    await lastValueFrom(datasource.query({ ...requestOf(target), filters: filters as never }));
    const [{ data }] = backend.of('/ds/query');
    expect(data).toEqual({
      from: '1795428000000',
      to: '1795431600000',
      queries: [
        expect.objectContaining({
          refId: 'A',
          rawSql: "SELECT $__timeBucket(time), avg(x) FROM cpu WHERE host IN ('a', 'b''c') AND $__adHocFilters GROUP BY 1",
          legend: '{{host}} a,b\'c',
          adHocFilters: [{ key: 'region', operator: '=|', value: 'w', values: ['w', 'e'] }],
          datasource: { type: 'tsdb-tsdb-datasource', uid: UID },
          intervalMs: 10_000,
          maxDataPoints: 500,
        }),
      ],
    });
  });

  it('leaves a public dashboard to Grafana, which runs the saved query', async () => {
    const { backend, datasource } = dataSourceWith([], { '/query': () => ({ results: {} }) });
    config.publicDashboardAccessToken = 'token';
    try {
      await lastValueFrom(datasource.query({ ...requestOf({ refId: 'A', rawSql: 'SELECT 1' }), panelId: 4 }));
    } finally {
      config.publicDashboardAccessToken = undefined;
    }
    expect(backend.seen[0].url).toBe('/api/public/dashboards/token/panels/4/query');
    expect(JSON.stringify(backend.seen[0].data)).not.toContain('SELECT');
  });

  it('opens the channel that the answer to a live query names', async () => {
    const channel = `ds/${UID}/series/${'0'.repeat(32)}`;
    const { datasource } = dataSourceWith([], {
      '/ds/query': () => ({
        results: {
          A: {
            frames: [
              {
                schema: { refId: 'A', meta: { channel }, fields: [{ name: 'time', type: 'time' }, { name: 'x', type: 'number' }] },
                data: { values: [[1], [2]] },
              },
            ],
          },
        },
      }),
    });
    const opened: unknown[] = [];
    setGrafanaLiveSrv({
      getDataStream: (options: { addr: unknown }) => {
        opened.push(options.addr);
        return of({ data: [], state: LoadingState.Streaming });
      },
    } as unknown as GrafanaLiveSrv);
    const answer = await lastValueFrom(datasource.query(requestOf({ refId: 'A', rawSql: 'SELECT 1', live: true })));
    expect(answer.state).toBe(LoadingState.Streaming);
    expect(opened).toEqual([expect.objectContaining({ scope: 'ds', path: `series/${'0'.repeat(32)}` })]);
  });

  it('keeps what cannot be run away from the back end', () => {
    const { datasource } = dataSourceWith();
    expect(datasource.filterQuery({ refId: 'A', rawSql: ' \n' })).toBe(false);
    expect(datasource.filterQuery({ refId: 'A' })).toBe(false);
    expect(datasource.filterQuery({ refId: 'A', rawSql: 'SELECT 1', hide: true })).toBe(false);
    expect(datasource.filterQuery({ refId: 'A', rawSql: 'SELECT 1' })).toBe(true);
  });

  it('gives Explore the statement with its values', () => {
    const { datasource } = dataSourceWith([{ name: 'host', value: "o'brien" }]);
    const [query] = datasource.interpolateVariablesInQueries([{ refId: 'A', rawSql: "SELECT '$host'" }], {});
    expect(query.rawSql).toBe("SELECT 'o''brien'");
    expect(datasource.getQueryDisplayText(query)).toBe("SELECT 'o''brien'");
  });
});

describe('validate', () => {
  it('sends the statement as it would be run, and gives the error back', async () => {
    const error = { code: 'unknown_column', message: "unknown column 'x'", line: 1, column: 8 };
    const { backend, datasource } = dataSourceWith([{ name: 'db', value: 'iot' }], { '/validate': () => ({ error }) });
    expect(await datasource.validate({ refId: 'A', rawSql: "SELECT x FROM cpu WHERE host = '$db'", database: '$db' }, RANGE)).toEqual(error);
    expect(backend.of('/validate')[0]).toMatchObject({
      method: 'POST',
      data: {
        sql: "SELECT x FROM cpu WHERE host = 'iot'",
        database: 'iot',
        range: { from: '2026-11-23T10:00:00.000Z', to: '2026-11-23T11:00:00.000Z' },
      },
    });
  });

  it('says nothing of a good statement', async () => {
    expect(await dataSourceWith().datasource.validate({ refId: 'A', rawSql: 'SELECT 1' })).toBeUndefined();
  });
});

describe('ad-hoc filters', () => {
  it('offer the tags of what the panels read', async () => {
    const { backend, datasource } = dataSourceWith([{ name: 'm', value: 'cpu' }]);
    const queries: TsdbQuery[] = [
      { refId: 'A', rawSql: 'SELECT * FROM $m' },
      { refId: 'B', rawSql: 'SELECT * FROM "plant ""a"""', database: 'iot' },
      { refId: 'C', rawSql: 'SELECT now()' },
    ];
    expect(await datasource.getTagKeys({ queries, filters: [] })).toEqual([{ text: 'host' }, { text: 'region' }, { text: 'room' }]);
    expect(backend.of('/tags').map((request) => request.params)).toEqual([
      { measurement: 'cpu' },
      { database: 'iot', measurement: 'plant "a"' },
    ]);
  });

  it('offer those of the whole database where no panel tells', async () => {
    const { backend, datasource } = dataSourceWith();
    expect(await datasource.getTagKeys()).toEqual([{ text: 'host' }, { text: 'region' }]);
    expect(await datasource.getTagValues({ key: 'host', filters: [] })).toEqual([{ text: "server'2" }, { text: 'server-1' }, { text: 'west' }]);
    expect(backend.of('/tag-values')[0].params).toMatchObject({ tag: 'host' });
  });
});

describe('errorOf', () => {
  it('finds the error of a query in its frames', () => {
    const frame = (refId: string, custom: object) =>
      createDataFrame({ refId, meta: { custom }, fields: [{ name: 'a', type: FieldType.number, values: [] }] });
    const error = { code: 'syntax_error', message: 'm', line: 1, column: 1 };
    expect(errorOf([frame('A', {}), frame('B', { error })], 'B')).toEqual(error);
    expect(errorOf([frame('A', {}), frame('B', { error })], 'A')).toBeUndefined();
    expect(errorOf(undefined, 'A')).toBeUndefined();
  });
});

beforeAll(() => {
  setDataSourceSrv({ getInstanceSettings: () => undefined } as never);
});
