/**
 * Splits a statement of the dialect (`tsdb-query/docs/sql.md`), with Grafana's macros and template variables in it, into tokens.
 *
 * Nothing is lost: the texts of the tokens, joined, are the statement, whatever it holds. What the dialect lacks becomes `other`.
 */
export type TokenKind =
  | 'space'
  | 'comment'
  | 'string' // '...' with '' for a quote
  | 'quoted' // "..." with "" for a quote
  | 'number'
  | 'duration'
  | 'word' // keyword or name
  | 'macro' // $__name
  | 'variable' // $name, ${name...}, [[name...]]
  | 'parameter' // :name
  | 'symbol' // operator, parenthesis, comma, semicolon
  | 'other';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Index of the first UTF-16 unit in the statement. */
  start: number;
  /** False for a string, quoted name or block comment that the end of the statement cuts off. */
  closed: boolean;
}

const PATTERNS: Array<[TokenKind, RegExp]> = [
  ['space', /[ \t\r\n\u000B\u000C\u00A0]+/y],
  ['comment', /--[^\r\n]*/y],
  ['comment', /\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /'(?:[^']|'')*(?:'|$)/y],
  ['quoted', /"(?:[^"]|"")*(?:"|$)/y],
  // An exponent before a name character is none: 1e is the number 1 and the name e.
  ['number', /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y],
  ['duration', /(?:\d+(?:ns|us|ms|[smhdw]))+/iy],
  ['number', /\d+/y],
  ['macro', /\$__\w+/y],
  ['variable', /\$\{[^{}]*\}|\[\[\w[^\][]*\]\]|\$\w+/y],
  ['parameter', /:[a-z_]\w*/iy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['symbol', /::|==|!=|<>|<=|>=|!~|\|\||\/\/|[=<>~+\-*/%(),;.]/y],
];

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < sql.length) {
    const token = tokenAt(sql, start);
    tokens.push(token);
    start += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, start: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const text = pattern.exec(sql)?.[0];
    if (text) {
      return { kind, text, start, closed: isClosed(kind, text) };
    }
  }
  const codePoint = sql.codePointAt(start) ?? 0;
  return { kind: 'other', text: sql.slice(start, start + (codePoint > 0xffff ? 2 : 1)), start, closed: true };
}

function isClosed(kind: TokenKind, text: string): boolean {
  switch (kind) {
    case 'string':
    case 'quoted':
      // An even number of quotes: the first, the last, and pairs between them.
      return text.split(text[0]).length % 2 === 1;
    case 'comment':
      return !text.startsWith('/*') || (text.length >= 4 && text.endsWith('*/'));
    default:
      return true;
  }
}

/** The tokens that mean something: without space and comments. */
export function significant(tokens: Token[]): Token[] {
  return tokens.filter((token) => token.kind !== 'space' && token.kind !== 'comment');
}

/** Whether the token is this keyword, in any case. */
export function isWord(token: Token | undefined, ...keywords: string[]): boolean {
  return token?.kind === 'word' && keywords.includes(token.text.toUpperCase());
}

export function isSymbol(token: Token | undefined, ...symbols: string[]): boolean {
  return token?.kind === 'symbol' && symbols.includes(token.text);
}
