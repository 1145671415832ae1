import { RESERVED_WORDS } from './names';
import { isSymbol, isWord, Token, tokenize } from './tokens';

// Each opens a line of its own. GROUP, ORDER and LATEST only before BY: they may be names elsewhere.
const CLAUSES = ['SELECT', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'LATEST'];
const LINE_LENGTH_MAX = 100;

/**
 * Lays out a statement: one line per clause, AND and OR on lines of their own, long lists broken; reserved words in capitals.
 *
 * Only space and the case of reserved words change. A statement that ends within a literal or comment is returned as it is.
 */
export function formatSql(sql: string): string {
  const tokens = tokenize(sql).filter((token) => token.kind !== 'space');
  if (tokens.some((token) => !token.closed || token.kind === 'other')) {
    return sql;
  }
  return new Layout(tokens).text();
}

class Layout {
  private readonly lines: string[] = [];
  private line = '';
  private depth = 0;
  private betweens = 0;
  private clause = '';

  constructor(private readonly tokens: Token[]) {}

  text(): string {
    this.tokens.forEach((token, index) => this.add(token, index));
    this.breakLine('');
    return this.lines.join('\n');
  }

  private add(token: Token, index: number) {
    const previous = this.tokens[index - 1];
    if (previous?.text.startsWith('--')) {
      this.breakLine('  '.repeat(this.depth > 0 ? 2 : 1));
    }
    if (this.depth === 0 && this.opensClause(token, index)) {
      this.clause = token.text.toUpperCase();
      this.breakLine('');
    } else if (this.depth === 0 && this.isConnective(token)) {
      this.breakLine('  ');
    }
    if (isSymbol(previous, ',') && this.line.length + token.text.length > LINE_LENGTH_MAX) {
      this.breakLine('  '.repeat(this.depth + 1));
    }
    const space = this.line.trim() !== '' && needsSpace(this.tokens, index) ? ' ' : '';
    this.line += space + this.shown(token, index);
    if (isSymbol(token, '(')) {
      this.depth++;
    } else if (isSymbol(token, ')')) {
      this.depth = Math.max(0, this.depth - 1);
    }
  }

  private shown(token: Token, index: number): string {
    const order = this.clause === 'ORDER' && isWord(token, 'ASC', 'DESC') && !isSymbol(this.tokens[index - 1], ',');
    return order || isKeywordHere(this.tokens, index) ? token.text.toUpperCase() : token.text;
  }

  private opensClause(token: Token, index: number): boolean {
    if (!isWord(token, ...CLAUSES) || index === 0) {
      return false;
    }
    return isWord(token, 'GROUP', 'ORDER', 'LATEST') ? isWord(this.tokens[index + 1], 'BY') : !isWord(this.tokens[index - 1], 'EXPLAIN');
  }

  /** Whether the token is AND or OR between conditions; the AND of BETWEEN is not. */
  private isConnective(token: Token): boolean {
    if (isWord(token, 'BETWEEN')) {
      this.betweens++;
    } else if (isWord(token, 'AND') && this.betweens > 0) {
      this.betweens--;
      return false;
    }
    return isWord(token, 'AND', 'OR');
  }

  private breakLine(indent: string) {
    if (this.line.trim() !== '') {
      this.lines.push(this.line.trimEnd());
    }
    this.line = indent;
  }
}

/** Reserved words always; the others only where they are certainly no names, at the beginning or before BY. */
function isKeywordHere(tokens: Token[], index: number): boolean {
  if (tokens[index].kind !== 'word') {
    return false;
  }
  const upper = tokens[index].text.toUpperCase();
  if (RESERVED_WORDS.includes(upper)) {
    return true;
  }
  return (upper === 'LATEST' && isWord(tokens[index + 1], 'BY')) || (upper === 'EXPLAIN' && index === 0);
}

function needsSpace(tokens: Token[], index: number): boolean {
  return looksBetterApart(tokens, index) || !staysApart(tokens[index - 1], tokens[index]);
}

/** Whether two tokens are still the same two without a space between them: a point and a number, for one, become another number. */
function staysApart(previous: Token, token: Token): boolean {
  const [first, second, ...more] = tokenize(previous.text + token.text);
  return first.text === previous.text && second?.text === token.text && more.length === 0;
}

function looksBetterApart(tokens: Token[], index: number): boolean {
  const token = tokens[index];
  const previous = tokens[index - 1];
  if (isSymbol(token, ',', ')', ';', '::', '.') || isSymbol(previous, '(', '::', '.')) {
    return false;
  }
  if (isSymbol(token, '(')) {
    const call = previous.kind === 'macro' || previous.kind === 'variable' || (previous.kind === 'word' && !isReserved(previous));
    return !(call || isWord(previous, 'CAST') || isSymbol(previous, '('));
  }
  // A sign belongs to what follows it: -5, not - 5. Never after a minus: -- would start a comment.
  if (isSymbol(previous, '-', '+') && isSign(tokens, index - 1)) {
    return isSymbol(token, '-', '+') || token.text.startsWith('--');
  }
  return true;
}

function isSign(tokens: Token[], index: number): boolean {
  const before = tokens[index - 1];
  return before === undefined || (before.kind === 'symbol' && before.text !== ')') || isReserved(before);
}

function isReserved(token: Token): boolean {
  return token.kind === 'word' && RESERVED_WORDS.includes(token.text.toUpperCase());
}
