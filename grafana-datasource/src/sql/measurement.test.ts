import { measurementOf } from './measurement';

describe('measurementOf', () => {
  it.each([
    ['SELECT a FROM cpu WHERE b = 1', 'cpu'],
    ['select a from "my ""m" as x', 'my "m'],
    ['-- FROM wrong\nSELECT \'x FROM y\' AS "FROM z" /* FROM w */ FROM /* c */ cpu', 'cpu'],
    ['SELECT a FROM (SELECT b FROM disk GROUP BY 1)', 'disk'],
    ['WITH x AS (SELECT a FROM net) SELECT a FROM x', 'net'],
    ['SELECT a IS DISTINCT FROM b FROM cpu', 'cpu'],
    ["SELECT extract(hour FROM time AT TIME ZONE 'UTC') AS h FROM cpu", 'cpu'],
    ['SELECT a FROM $m', '$m'],
    ['SELECT 1', undefined],
    ['SELECT a FROM', undefined],
    ['', undefined],
  ])('finds in %s the measurement %s', (sql, expected) => {
    expect(measurementOf(sql)).toBe(expected);
  });
});
