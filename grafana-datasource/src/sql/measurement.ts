import { unquote } from './names';
import { isWord, significant, tokenize } from './tokens';

/** The measurement that a statement reads, or undefined where it names none. */
export function measurementOf(sql: string): string | undefined {
  const tokens = significant(tokenize(sql));
  const from = tokens.findIndex((token) => isWord(token, 'FROM'));
  const name = from < 0 ? undefined : tokens[from + 1];
  return name && ['word', 'quoted', 'variable'].includes(name.kind) ? unquote(name.text) : undefined;
}
