import { DataFrame, DataQueryRequest } from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { dataSourceWith } from '../testing/fakes';
import { TsdbVariableQuery, TsdbVariableSupport } from './support';

async function valuesOf(query: Partial<TsdbVariableQuery>, answers = {}) {
  const { backend, datasource } = dataSourceWith([{ name: 'region', value: "o'west" }, { name: 'm', value: 'cpu' }], answers);
  const request = { targets: [{ refId: 'v', ...query }], scopedVars: {} } as DataQueryRequest<TsdbVariableQuery>;
  const { data } = await lastValueFrom(new TsdbVariableSupport(datasource).query(request));
  const [frame] = data as DataFrame[];
  const rows = frame.fields[0].values.map((text, index) => [text, frame.fields[1].values[index]]);
  return { backend, texts: rows.map(([text]) => text), rows };
}

describe('TsdbVariableSupport', () => {
  it.each<[Partial<TsdbVariableQuery>, string[]]>([
    [{ kind: 'databases' }, ['default', 'iot']],
    [{ kind: 'measurements' }, ['cpu', 'plant "a"']],
    [{ kind: 'tags', measurement: '$m' }, ['host', 'region']],
    [{ kind: 'fields', measurement: '$m' }, ['usage_user', 'usage system', 'state']],
    [{ kind: 'fields' }, []],
    [{ kind: 'tagValues', tag: 'host', measurement: 'cpu' }, ['server-1', "server'2", 'west']],
    [{ kind: 'tagValues' }, []],
    [{ kind: 'sql', rawSql: ' ' }, []],
  ])('gives the values of %j', async (query, expected) => {
    expect((await valuesOf(query)).texts).toEqual(expected);
  });

  it('runs a statement with other variables in it, and tells texts from values', async () => {
    const { backend, rows } = await valuesOf(
      { kind: 'sql', rawSql: "SELECT name AS __text, id AS __value FROM cpu WHERE region = '$region'" },
      { '/variable': () => [{ text: 'Kitchen', value: '7' }] }
    );
    expect(rows).toEqual([['Kitchen', '7']]);
    expect(backend.of('/variable')[0].data).toMatchObject({
      rawSql: "SELECT name AS __text, id AS __value FROM cpu WHERE region = 'o''west'",
    });
  });

  it('passes on what went wrong', async () => {
    await expect(valuesOf({ kind: 'sql', rawSql: 'SELECT x' })).rejects.toMatchObject({ status: 404 });
  });
});
