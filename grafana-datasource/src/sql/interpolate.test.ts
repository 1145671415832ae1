import fc from 'fast-check';
import { interpolate, VariableLookup, VariableValue } from './interpolate';
import { unquote } from './names';
import { significant, tokenize } from './tokens';

const HOSTILE = "x' OR '1'='1'; DROP DATABASE iot; -- \" /* \\";

function one(value: string): VariableValue {
  return { values: [value], multi: false, all: false };
}

function many(...values: string[]): VariableValue {
  return { values, multi: true, all: false };
}

function lookup(variables: Record<string, VariableValue>): VariableLookup {
  return ({ name }) => variables[name];
}

const variables = lookup({
  host: one('server-1'),
  hosts: many('a', "b'c"),
  lone: many('a'),
  all: { values: ['a', 'b'], multi: true, all: true },
  pattern: { values: ['.*'], multi: true, all: true, pattern: true },
  number: one('42'),
  negative: one('-5'),
  width: one('5m'),
  field: one('usage user'),
  fields: many('usage', 'it"s'),
  dotted: many('a.b', 'c|d'),
  typed: one('^srv-[0-9]+$'),
  numbers: many('1', '-2'),
  hostile: one(HOSTILE),
});

function sqlOf(sql: string): string {
  return interpolate(sql, variables).sql;
}

describe('interpolate', () => {
  it.each([
    // in literals
    ["host = '$host'", "host = 'server-1'"],
    ["host = '${host}' OR host = '[[host]]'", "host = 'server-1' OR host = 'server-1'"],
    ["host IN ('$hosts')", "host IN ('a', 'b''c')"],
    ["host IN ('rack-$hosts')", "host IN ('rack-a', 'rack-b''c')"],
    ["host = '$hosts'", "host  IN  ('a', 'b''c')"],
    ["host != '$hosts'", "host  NOT IN  ('a', 'b''c')"],
    ["host = '$lone'", "host = 'a'"],
    ["host = '$hostile'", "host = 'x'' OR ''1''=''1''; DROP DATABASE iot; -- \" /* \\'"],
    ["host = '${hosts:csv}'", "host = 'a,b''c'"],
    ["host = '${hostile:raw}'", "host = 'x'' OR ''1''=''1''; DROP DATABASE iot; -- \" /* \\'"],
    // patterns
    ["host ~ '$dotted'", "host ~ '(a\\.b|c\\|d)'"],
    ["host !~ '^${dotted}$'", "host !~ '^(a\\.b|c\\|d)$'"],
    ["host ~ '$typed'", "host ~ '^srv-[0-9]+$'"],
    ["host ~ '${typed:regex}'", "host ~ '\\^srv-\\[0-9\\]\\+\\$'"],
    ["host ~ '$pattern'", "host ~ '.*'"],
    ['host ~ $dotted', "host ~ '(a\\.b|c\\|d)'"],
    // places of code
    ['host = $host', "host = 'server-1'"],
    ['host = $hosts', "host  IN  ('a', 'b''c')"],
    ['host IN ($hosts)', "host IN ('a', 'b''c')"],
    ['host IN (${numbers})', "host IN ('1', '-2')"],
    ['level IN (${numbers:csv})', 'level IN (1, (-2))'],
    ['level IN (${numbers:sqlstring})', "level IN ('1', '-2')"],
    ['usage > $number LIMIT $number', 'usage > 42 LIMIT 42'],
    ['usage > 1 -$negative', 'usage > 1 -(-5)'],
    ['$__timeGroup(time, $width)', '$__timeGroup(time, 5m)'],
    ['usage = $hostile', "usage = 'x'' OR ''1''=''1''; DROP DATABASE iot; -- \" /* \\'"],
    ['now() - ${host:raw}', 'now() - server-1'],
    // no growing together
    ['a$number', 'a 42'],
    ["'a'$host", "'a' 'server-1'"],
    ['$number$number', '42  42'],
    // names
    ['SELECT "$field" FROM "$hostile"', 'SELECT "usage user" FROM "x\' OR \'1\'=\'1\'; DROP DATABASE iot; -- "" /* \\"'],
    ['SELECT "$fields"', 'SELECT "usage", "it""s"'],
    ['FROM $field', 'FROM "usage user"'],
    ['GROUP BY 1, $host, $fields', 'GROUP BY 1, "server-1", "usage", "it""s"'],
    ['GROUP BY $__timeBucket(time), $host', 'GROUP BY $__timeBucket(time), "server-1"'],
    ['GROUP BY time_bucket($width, time), lower(b), $fields', 'GROUP BY time_bucket(5m, time), lower(b), "usage", "it""s"'],
    ['GROUP BY a % 2, $host', 'GROUP BY a % 2, "server-1"'],
    ['GROUP BY 1 HAVING max(a) IN (1, $number)', 'GROUP BY 1 HAVING max(a) IN (1, 42)'],
    ['(SELECT a FROM m ORDER BY b), $host', "(SELECT a FROM m ORDER BY b), 'server-1'"],
    ['SAMPLE BY $width', 'SAMPLE BY 5m'],
    ['ORDER BY $number DESC', 'ORDER BY 42 DESC'],
    ['GROUP BY time_bucket($width, time)', 'GROUP BY time_bucket(5m, time)'],
    ['SHOW TAG VALUES WITH KEY = $host', 'SHOW TAG VALUES WITH KEY = "server-1"'],
    ['avg(${field:doublequote})', 'avg("usage user")'],
    // left alone
    ["-- $host\n'$nobody' $nobody :host", "-- $host\n'$nobody' $nobody :host"],
    ['/* $host */ $__timeFilter(time) $__interval ${__interval}', '/* $host */ $__timeFilter(time) $__interval $__interval'],
    ["'$__interval'", "'$__interval'"],
    // all
    ['$__conditionalAll(host IN ($all), $all)', "$__conditionalAll(host IN ('a', 'b'), $__all)"],
    ['$__conditionalall(host IN ($all), $all)', "$__conditionalall(host IN ('a', 'b'), $__all)"],
    ["$__conditionalAll(host IN ('$all'), '$all')", "$__conditionalAll(host IN ('a', 'b'), $__all)"],
    ['$__conditionalAll(host IN ($hosts), ${hosts})', "$__conditionalAll(host IN ('a', 'b''c'), 'a,b''c')"],
    ['$__conditionalAll(f(a, $all), $host)', "$__conditionalAll(f(a, 'a', 'b'), 'server-1')"],
  ])('writes %s as %s', (sql, expected) => {
    expect(sqlOf(sql)).toBe(expected);
  });

  it('keeps every value a value, whatever it holds and wherever it stands', () => {
    const value = fc.oneof(
      fc.constantFrom("'", "''", '"', '\\', "\\'", '--', '/*', '*/', ';', '$host', '${host}', '[[host]]', '\n', '-1', '1e5', '5m', 'true', '', HOSTILE),
      fc.string({ unit: 'grapheme' })
    );
    const template = fc.constantFrom(
      "SELECT * FROM cpu WHERE host = '$v' AND x = 1",
      "SELECT * FROM cpu WHERE host IN ('$v') AND x = 1",
      'SELECT * FROM cpu WHERE host IN ($v) AND x = 1',
      "SELECT * FROM cpu WHERE host ~ '$v' AND x = 1",
      'SELECT * FROM cpu WHERE host ~ $v AND x = 1',
      'SELECT * FROM $v WHERE x = 1',
      'SELECT "$v" FROM cpu WHERE x = 1',
      'SELECT avg(x) FROM cpu GROUP BY 1, $v LIMIT 1',
      'SELECT avg(x) FROM cpu GROUP BY f(a, b), $v LIMIT 1',
      'SELECT 1 -$v -- $v',
      "SELECT x$v || 'a'$v'b'",
      'SELECT ${v:csv}, ${v:sqlstring}, ${v:doublequote}, ${v:regex}, ${v:pipe}'
    );
    fc.assert(
      fc.property(template, fc.array(value, { minLength: 1, maxLength: 3 }), fc.boolean(), (sql, values, multi) => {
        const v: VariableValue = { values: multi ? values : values.slice(0, 1), multi, all: false };
        const result = interpolate(sql, lookup({ v })).sql;
        expect(skeleton(result)).toEqual(skeleton(interpolate(sql, lookup({ v: { ...v, values: v.values.map(() => 'plain') } })).sql));
        expect(tokenize(result).every((token) => token.closed)).toBe(true);
        expect(tokenize(result).filter((token) => token.kind === 'comment')).toHaveLength(sql.includes('--') ? 1 : 0);
      }),
      { numRuns: 3000 }
    );
  });

  it('gives every value back from the literals it wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (values) => {
        const tokens = tokenize(interpolate("x IN ('$v')", lookup({ v: { values, multi: true, all: false } })).sql);
        expect(tokens.filter((token) => token.kind === 'string').map((token) => unquote(token.text))).toEqual(values);
      })
    );
  });

  it('tells where a part of the new statement comes from', () => {
    const sql = "SELECT '$hosts', usage,\n  nonsense FROM cpu";
    const { sql: written, originOf } = interpolate(sql, variables);
    expect(originOf(written.indexOf('nonsense'))).toBe(sql.indexOf('nonsense'));
    expect(originOf(written.indexOf("'b''c'"))).toBe(sql.indexOf("'$hosts'"));
    expect(originOf(written.length + 5)).toBe(sql.length);
  });
});

/** The statement with each value, or list of them, as one mark: what a value may not change. */
function skeleton(sql: string): string {
  const marks = significant(tokenize(sql)).map((token) => {
    const isValue = ['string', 'quoted', 'number', 'duration'].includes(token.kind) || /^(true|false)$/i.test(token.text);
    return isValue ? 'V' : token.text;
  });
  return marks.join(' ').replaceAll('( - V )', 'V').replaceAll('( + V )', 'V');
}
