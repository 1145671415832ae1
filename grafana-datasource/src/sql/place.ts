/** A place in a text: line and column count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** The index in UTF-16 units of a place whose column counts code points, as errors of the server do. The end of the line when it is shorter. */
export function offsetOf(text: string, place: Place): number {
  const lines = text.split(/\r\n|\r|\n/);
  const line = lines[Math.min(place.line, lines.length) - 1] ?? '';
  let start = 0;
  for (let i = 0; i < place.line - 1 && i < lines.length - 1; i++) {
    start += lines[i].length;
    start += text.startsWith('\r\n', start) ? 2 : 1;
  }
  const before = [...line].slice(0, Math.max(0, place.column - 1));
  return start + before.join('').length;
}

/** The place of an index, its column in UTF-16 units: so count Monaco's models. */
export function editorPlaceOf(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}
