// The place of an error in a text.

/** Offset of a line and column, both from 1; columns count characters of Unicode. */
export function offsetOf(text, line, column) {
  const lines = text.split('\n');
  let offset = 0;
  for (let i = 0; i < line - 1 && i < lines.length; i++) {
    offset += lines[i].length + 1;
  }
  const characters = Array.from(lines[line - 1] ?? '');
  return Math.min(offset + characters.slice(0, column - 1).join('').length, text.length);
}

/** Selects the word that an error is at. */
export function selectPlace(area, line, column) {
  const from = offsetOf(area.value, line, column);
  const word = /^(?:[\p{L}\p{N}_]+|"[^"]*"?|'[^']*'?|\S)/u.exec(area.value.slice(from));
  area.focus();
  area.setSelectionRange(from, from + (word ? word[0].length : 0));
}

/** Writes a text where the cursor is, so that it can be undone. */
export function insert(area, text) {
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input'));
}
