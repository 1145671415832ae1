import { unquote } from './names';
import { isSymbol, isWord, significant, Token, tokenize } from './tokens';

/** The first measurement that a statement reads, a sub-query's too, or undefined where it names none. */
export function measurementOf(sql: string): string | undefined {
  const tokens = significant(tokenize(sql));
  const name = tokens.find((token, i) => isRead(tokens, i - 1) && ['word', 'quoted', 'variable'].includes(token.kind));
  return name && unquote(name.text);
}

/** Whether a token is a FROM that reads: IS DISTINCT FROM compares, extract(hour FROM time) takes apart. */
function isRead(tokens: Token[], index: number): boolean {
  const parts = isSymbol(tokens[index - 2], '(') && isWord(tokens[index - 3], 'EXTRACT');
  return isWord(tokens[index], 'FROM') && !isWord(tokens[index - 1], 'DISTINCT') && !parts;
}
