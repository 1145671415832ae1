import { Interpolated } from '../sql/interpolate';
import { editorPlaceOf, offsetOf } from '../sql/place';
import { tokenize } from '../sql/tokens';
import { SqlError } from '../types';

/** What is underlined in the editor; lines and columns count from 1, in UTF-16 units, the end is exclusive. */
export interface Underline {
  message: string;
  startLineNumber: number;
  startColumn: number;
  endLineNumber: number;
  endColumn: number;
}

/**
 * Where to underline an error: the token at its place, brought back from the statement that the back end got (template variables replaced) to the one
 * in the editor. Without a place there is nothing to underline.
 */
export function underline(error: SqlError, sql: string, interpolated: Interpolated): Underline | undefined {
  if (error.line === undefined || error.column === undefined) {
    return undefined;
  }
  const offset = interpolated.originOf(offsetOf(interpolated.sql, { line: error.line, column: error.column }));
  const token = tokenize(sql).find((candidate) => candidate.start <= offset && offset < candidate.start + candidate.text.length);
  const isSolid = token !== undefined && token.kind !== 'space';
  // At the end of the statement, or at a gap, the character before is what can be seen.
  const start = isSolid ? token.start : Math.max(0, Math.min(offset, sql.length) - 1);
  const end = isSolid ? token.start + token.text.length : Math.min(sql.length, start + 1);
  const from = editorPlaceOf(sql, start);
  const to = editorPlaceOf(sql, end);
  return {
    message: error.message,
    startLineNumber: from.line,
    startColumn: from.column,
    endLineNumber: to.line,
    endColumn: to.column,
  };
}

/** The error for people, with its place in the editor's statement in front. */
export function describe(error: SqlError, mark: Underline | undefined): string {
  const message = error.message.replace(/^\d+:\d+: /, '');
  return mark ? `${mark.startLineNumber}:${mark.startColumn}: ${message}` : message;
}
