import { interpolate } from '../sql/interpolate';
import { editorPlaceOf, offsetOf } from '../sql/place';
import { describe as describeError, underline } from './markers';

const identity = (sql: string) => interpolate(sql, () => undefined);

describe('underline', () => {
  it('marks the token at line and column', () => {
    const sql = 'SELECT time,\n  temprature\nFROM plant';
    expect(underline({ message: 'unknown', line: 2, column: 3 }, sql, identity(sql))).toEqual({
      message: 'unknown',
      startLineNumber: 2,
      startColumn: 3,
      endLineNumber: 2,
      endColumn: 13,
    });
  });

  it('counts in code points where the server does, and in UTF-16 units where the editor does', () => {
    const sql = "SELECT '😀😀', bad FROM t";
    // B is the 14th character, but the 16th unit.
    expect(underline({ message: 'm', line: 1, column: 14 }, sql, identity(sql))).toMatchObject({ startColumn: 16, endColumn: 19 });
  });

  it('marks the variable that an error is in, and what is after it at its own place', () => {
    const sql = "SELECT '$host', bad FROM t";
    const filled = interpolate(sql, () => ({ values: ['a very long name'], multi: false, all: false }));
    expect(underline({ message: 'm', line: 1, column: 12 }, sql, filled)).toMatchObject({ startColumn: 8, endColumn: 15 });
    expect(underline({ message: 'm', line: 1, column: filled.sql.indexOf('bad') + 1 }, sql, filled)).toMatchObject({ startColumn: 17, endColumn: 20 });
  });

  it('marks the last character where the statement ends too early', () => {
    const sql = 'SELECT a FROM';
    expect(underline({ message: 'm', line: 1, column: 14 }, sql, identity(sql))).toMatchObject({ startColumn: 13, endColumn: 14 });
  });

  it('marks nothing without a place', () => {
    expect(underline({ message: 'm' }, 'SELECT', identity('SELECT'))).toBeUndefined();
  });
});

describe('describe', () => {
  it('says the place once, the one in the editor', () => {
    const mark = { message: '', startLineNumber: 3, startColumn: 8, endLineNumber: 3, endColumn: 9 };
    expect(describeError({ message: "1:20: unknown column 'x'" }, mark)).toBe("3:8: unknown column 'x'");
    expect(describeError({ message: 'no node' }, undefined)).toBe('no node');
  });
});

describe('offsetOf', () => {
  it.each([
    ['a\r\nbc', 2, 2, 4],
    ['a\nbc', 9, 9, 4],
    ['', 1, 1, 0],
    ['😀x', 1, 2, 2],
  ])('finds the place in %j at %d:%d', (text, line, column, offset) => {
    expect(offsetOf(text, { line, column })).toBe(offset);
    expect(editorPlaceOf(text, offset).line).toBe(Math.min(line, text.split('\n').length));
  });
});
