import fc from 'fast-check';
import { sqlPieces } from '../testing/sqlPieces';
import { tokenize } from './tokens';

describe('tokenize', () => {
  it('loses nothing of any text', () => {
    fc.assert(
      fc.property(sqlPieces, (pieces) => {
        const sql = pieces.join('');
        const tokens = tokenize(sql);
        expect(tokens.map((token) => token.text).join('')).toBe(sql);
        tokens.forEach((token) => expect(sql.startsWith(token.text, token.start)).toBe(true));
      }),
      { numRuns: 2000 }
    );
  });

  it.each([
    ["'it''s'", 'string', true],
    ["'it''s", 'string', false],
    ["'", 'string', false],
    ["''", 'string', true],
    ['"a""b"', 'quoted', true],
    ['-- to the end', 'comment', true],
    ['/* * */', 'comment', true],
    ['/*/', 'comment', false],
    ['1h30m', 'duration', true],
    ['1.5e-3', 'number', true],
    ['.5', 'number', true],
    ['Größe', 'word', true],
    ['$__timeFilter', 'macro', true],
    ['${host:csv}', 'variable', true],
    ['[[host]]', 'variable', true],
    [':from', 'parameter', true],
    ['😀', 'other', true],
  ])('reads %s as one %s', (sql, kind, closed) => {
    expect(tokenize(sql)).toEqual([{ kind, text: sql, start: 0, closed }]);
  });

  it('ends a line comment at the line', () => {
    expect(tokenize('a--b\nc').map((token) => token.text)).toEqual(['a', '--b', '\n', 'c']);
  });
});
