import { dataSourceWith } from '../testing/fakes';
import { complete, CompletionSource } from './completion';

function sourceWith(): CompletionSource {
  const { datasource } = dataSourceWith([{ name: 'room', value: 'a' }, { name: 'm', value: 'cpu' }]);
  return {
    schema: datasource.schema,
    database: 'iot',
    variableNames: () => datasource.variableNames(),
    plain: (text) => datasource.plain(text),
  };
}

/** The list at the mark `|`, and the text that an entry replaces. */
async function at(marked: string) {
  const cursor = marked.indexOf('|');
  const sql = marked.replace('|', '');
  const { from, suggestions } = await complete(sql, cursor, sourceWith());
  return { replaced: sql.slice(from, cursor), suggestions, labels: suggestions.map((suggestion) => suggestion.label) };
}

describe('complete', () => {
  it.each([
    ['|', '', ['SELECT', 'SHOW', 'EXPLAIN']],
    ['SELECT * FROM |', '', ['cpu', 'plant "a"', '$room']],
    ['SELECT * FROM cp|', 'cp', ['cpu']],
    ['SELECT us| FROM cpu', 'us', ['time', 'host', 'region', 'usage_user', 'usage system', 'avg', 'now', '$__timeFilter', 'FROM']],
    ['SELECT | FROM "plant ""a"""', '', ['room', 'temp']],
    ['SELECT | FROM $m', '', ['usage_user']],
    ['SELECT * FROM cpu WHERE |', '', ['host', 'usage_user', '$__timeFilter', 'GROUP BY']],
    ['SELECT * FROM cpu LATEST BY |', '', ['host', 'region']],
    ['SELECT $__t|', '$__t', ['$__timeFilter', '$__interval', '$room']],
    ['SELECT $|', '$', ['$__timeFilter', '$room']],
    ["SELECT * FROM cpu WHERE host = '|'", '', ['server-1', "server'2", 'west']],
    ["SELECT * FROM cpu WHERE host = 'server|", 'server', ['server-1', "server'2"]],
    ["SELECT * FROM cpu WHERE host IN ('west', 'se|'", 'se', ['server-1', "server'2"]],
    ["SELECT * FROM cpu WHERE host NOT IN ('|'", '', ['server-1']],
    ['SHOW |', '', ['DATABASES', 'TAG KEYS', 'SERIES']],
    ['SHOW TAG VALUES FROM cpu WITH KEY = |', '', ['host', 'region']],
  ])('offers at %s', async (marked, replaced, expected) => {
    const found = await at(marked);
    expect(found.replaced).toBe(replaced);
    expect(found.labels).toEqual(expect.arrayContaining(expected));
  });

  it.each(["SELECT * FROM cpu WHERE state = '|'", "SELECT '|' FROM cpu", 'SELECT * -- fr|', '/* se| */ SELECT 1'])(
    'offers nothing at %s',
    async (marked) => {
      expect((await at(marked)).labels).toEqual([]);
    }
  );

  it('writes names and values as they must stand', async () => {
    const names = await at('SELECT | FROM cpu');
    expect(names.suggestions.find(({ label }) => label === 'usage system')?.insert).toBe('"usage system"');
    const values = await at("SELECT * FROM cpu WHERE host = '|'");
    expect(values.suggestions.find(({ label }) => label === "server'2")?.insert).toBe("server''2");
    const calls = await at('SELECT |');
    expect(calls.suggestions.find(({ label }) => label === '$__timeFilter')).toMatchObject({ insert: '\\$__timeFilter($0)', snippet: true });
    expect(calls.suggestions.find(({ label }) => label === '$__interval')?.insert).toBe('$__interval');
    expect(calls.suggestions.find(({ label }) => label === 'now')?.insert).toBe('now()');
  });
});
