/** Words that the grammar reserves: as names of measurements and columns they are quoted. */
export const RESERVED_WORDS = [
  'SELECT', 'DISTINCT', 'FROM', 'WHERE', 'GROUP', 'BY', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'AS', 'AND', 'OR', 'NOT',
  'IN', 'IS', 'LIKE', 'BETWEEN', 'NULL', 'TRUE', 'FALSE', 'CAST',
];

/** Words with a meaning at their place that may also be names. */
export const OTHER_KEYWORDS = [
  'EXPLAIN', 'SHOW', 'DATABASES', 'MEASUREMENTS', 'TAG', 'KEYS', 'KEY', 'VALUES', 'FIELD', 'SERIES', 'WITH', 'LATEST',
  'ASC', 'DESC', 'NULLS', 'FIRST', 'LAST', 'INTERVAL', 'TIMESTAMP', 'DATE', 'EXISTS', 'IF',
];

// Those that open a clause or a literal are quoted too, though the grammar can tell them apart: a reader cannot at a glance.
const QUOTED_WORDS = new Set([...RESERVED_WORDS, ...OTHER_KEYWORDS]);

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name as it stands in a statement: bare where it is a plain word, else in quotes, with quotes in it doubled. */
export function quoteName(name: string): string {
  return PLAIN_NAME.test(name) && !QUOTED_WORDS.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The text as a string literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What a string literal or quoted name stands for; other text as it is. */
export function unquote(text: string): string {
  const quote = text[0];
  if ((quote !== "'" && quote !== '"') || text.length < 2 || !text.endsWith(quote)) {
    return text;
  }
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
