import fc from 'fast-check';
import { sqlPieces } from '../testing/sqlPieces';
import {
  BuilderColumn, BuilderFilter, BuilderQuery, canonicalBuilder, EMPTY_BUILDER, FILTER_OPERATORS, TIME_COLUMN, writeSql,
} from './builder';
import { readSql, sameStatement } from './reader';

// Names that need quotes, look like something else, or hold quotes of both kinds.
const name = fc.oneof(
  fc.constantFrom('cpu', 'usage_user', 'select', 'first', 'Values', 'it"s', "it's", 'a b', '$host', '1st', 'Größe', '測', 'x--y', '/*', 'time_2'),
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
);
const builderColumn: fc.Arbitrary<BuilderColumn> = fc.record(
  { column: name, aggregate: fc.constantFrom('avg', 'max', 'first', 'last', 'count_distinct', 'count'), alias: name },
  { requiredKeys: ['column'] }
);
const value = fc.oneof(
  fc.constantFrom('a', "it's", '5', '-1.5', '$host', '${host:csv}', 'true', '', "x'; DROP DATABASE d; --", '1 OR 1', '-', '- 5'),
  fc.string({ maxLength: 5 })
);
const filter: fc.Arbitrary<BuilderFilter> = fc.record({
  column: fc.oneof(name, fc.constant('')),
  operator: fc.constantFrom(...FILTER_OPERATORS),
  values: fc.array(value, { maxLength: 3 }),
  kind: fc.constantFrom('text' as const, 'code' as const),
});
const builder: fc.Arbitrary<BuilderQuery> = fc.record({
  measurement: name,
  columns: fc.array(builderColumn, { maxLength: 3 }),
  filters: fc.array(filter, { maxLength: 3 }),
  groupBy: fc.array(name, { maxLength: 2 }),
  bucket: fc.constantFrom('', 'auto', '5m', '1h30m', '$bucket', '5 minutes', "5'm"),
  latestBy: fc.array(name, { maxLength: 2 }),
  orderBy: fc.array(fc.record({ column: name, aggregate: fc.constantFrom('avg', 'max'), descending: fc.boolean() }, { requiredKeys: ['column'] }), {
    maxLength: 2,
  }),
  limit: fc.constantFrom('', '10', '$limit', 'ten', '10; DROP'),
  timeFilter: fc.boolean(),
  adHocFilters: fc.boolean(),
});

describe('readSql', () => {
  it('reads whatever the builder writes, back to a state with the same statement', () => {
    fc.assert(
      fc.property(builder, (state) => {
        const sql = writeSql(state);
        const read = readSql(sql);
        expect(read).toBeDefined();
        expect(writeSql(read!)).toBe(sql);
        expect(canonicalBuilder(read!)).toEqual(canonicalBuilder(state));
      }),
      { numRuns: 3000 }
    );
  });

  it('loses nothing of any text: what it reads is written again as the same statement', () => {
    fc.assert(
      fc.property(sqlPieces, builder, fc.nat(), (pieces, state, at) => {
        // A statement of the builder with something else put into it, where a reader might overlook it.
        const sql = writeSql(state);
        const changed = sql.slice(0, at % sql.length) + pieces.slice(0, 3).join('') + sql.slice(at % sql.length);
        const read = readSql(changed);
        expect(read === undefined || sameStatement(writeSql(read), changed)).toBe(true);
      }),
      { numRuns: 3000 }
    );
  });

  it('reads a statement written by hand in the builder\'s form', () => {
    expect(
      readSql(`select $__timeBucket(time) as time, "host", AVG(usage_user)
               from cpu where $__timeFilter(time) and host in ('a','b') and usage_user <> 5
               group by 1, host order by 1 desc limit 100;`)
    ).toEqual({
      ...EMPTY_BUILDER,
      measurement: 'cpu',
      columns: [{ column: 'usage_user', aggregate: 'avg' }],
      groupBy: ['host'],
      bucket: 'auto',
      filters: [
        { column: 'host', operator: 'IN', values: ['a', 'b'], kind: 'text' },
        { column: 'usage_user', operator: '!=', values: ['5'], kind: 'code' },
      ],
      orderBy: [{ column: TIME_COLUMN, descending: true }],
      limit: '100',
      adHocFilters: false,
    });
  });

  it.each([
    ['a comment', 'SELECT * FROM cpu -- all'],
    ['HAVING', 'SELECT host, avg(x) FROM cpu GROUP BY host HAVING avg(x) > 1'],
    ['OR', "SELECT * FROM cpu WHERE host = 'a' OR host = 'b'"],
    ['an expression', 'SELECT time, usage * 2 FROM cpu'],
    ['a condition twice', 'SELECT * FROM cpu WHERE $__timeFilter(time) AND $__timeFilter(time)'],
    ['another column of time', 'SELECT * FROM cpu WHERE $__timeFilter(seen)'],
    ['a group that is not selected', 'SELECT avg(x) FROM cpu GROUP BY host'],
    ['SHOW', 'SHOW MEASUREMENTS'],
    ['an open literal', "SELECT * FROM cpu WHERE host = 'a"],
    ['nothing', ''],
  ])('leaves %s to the SQL editor', (_, sql) => {
    expect(readSql(sql)).toBeUndefined();
  });
});
