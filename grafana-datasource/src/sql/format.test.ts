import fc from 'fast-check';
import { sqlPieces } from '../testing/sqlPieces';
import { formatSql } from './format';
import { RESERVED_WORDS } from './names';
import { isWord, significant, tokenize } from './tokens';

describe('formatSql', () => {
  it.each([
    [
      "select time,avg( usage ) as u from cpu where host='a' and x>-5 and t between 1 and 2 or y is null group by 1,host order by 1 desc limit 10",
      "SELECT time, avg(usage) AS u\nFROM cpu\nWHERE host = 'a'\n  AND x > -5\n  AND t BETWEEN 1 AND 2\n  OR y IS NULL\nGROUP BY 1, host\nORDER BY 1 DESC\nLIMIT 10",
    ],
    ['select a -- the first\n, b from t', 'SELECT a -- the first\n  , b\nFROM t'],
    ['select $__timeBucket( time ) as time from t where $__timeFilter( time ) and ( a = 1 or b = 2 )',
      'SELECT $__timeBucket(time) AS time\nFROM t\nWHERE $__timeFilter(time)\n  AND (a = 1 OR b = 2)'],
    ['select * from cpu latest by host', 'SELECT *\nFROM cpu\nLATEST BY host'],
    ['explain select * from t', 'EXPLAIN SELECT *\nFROM t'],
    ['show tag values from cpu with key=host', 'show tag values\nFROM cpu with key = host'],
    ['select a- -1, -b, 3 - 2, x::float64, first(x) from t', 'SELECT a - -1, -b, 3 - 2, x::float64, first(x)\nFROM t'],
    ['select order, last from t', 'SELECT ORDER, last\nFROM t'],
    ['select 1e51.\n1', 'SELECT 1e51. 1'],
    ['select a1. 5min', 'SELECT a1. 5m IN'],
    ["select 'open", "select 'open"],
    ['', ''],
  ])('lays out %s', (sql, expected) => {
    expect(formatSql(sql)).toBe(expected);
  });

  it('changes nothing but space and the case of reserved words, and is done after one time', () => {
    fc.assert(
      fc.property(sqlPieces, (pieces) => {
        const sql = pieces.join('');
        const formatted = formatSql(sql);
        expect(meaning(formatted)).toEqual(meaning(sql));
        expect(formatSql(formatted)).toBe(formatted);
      }),
      { numRuns: 3000 }
    );
  });
});

/** The tokens but for space at the end of comments and the case of keywords; names are exact. */
function meaning(sql: string): string[] {
  const tokens = tokenize(sql);
  const comments = tokens.filter((token) => token.kind === 'comment').map((token) => token.text.trimEnd());
  const words = [...RESERVED_WORDS, 'EXPLAIN', 'LATEST', 'ASC', 'DESC'];
  return [...significant(tokens).map((token) => (isWord(token, ...words) ? token.text.toUpperCase() : token.text)), ...comments];
}
