import fc from 'fast-check';

/** Texts of pieces that a lexer gets wrong when they meet. */
export const sqlPieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      "'", '"', "''", '--', '/*', '*/', '\n', ' ', '$', '${', '}', '[[', ']]', '(', ')', ',', ';', ':', '::', '~', '!~',
      '-', '/', '1', '1.', '.5', '1e5', '5m', '1h30m', '5min', 'SELECT', 'from', 'WHERE', 'a', 'é', '測', '😀', '$host', '${host:csv}',
      '[[host]]', '$__interval', '$__timeFilter(time)', ':name', '\\', '\u00a0', '\r\n', '||', '//', '=='
    ),
    fc.string({ maxLength: 3, unit: 'grapheme' })
  ),
  { maxLength: 24 }
);
