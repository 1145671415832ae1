import { Schema, SchemaFunction } from '../schema/schema';
import { OTHER_KEYWORDS, quoteName, RESERVED_WORDS, unquote } from '../sql/names';
import { isSymbol, isWord, Token, tokenize } from '../sql/tokens';

export type SuggestionKind = 'measurement' | 'time' | 'tag' | 'field' | 'value' | 'function' | 'macro' | 'variable' | 'keyword';

/** One entry of the list at the cursor. */
export interface Suggestion {
  label: string;
  kind: SuggestionKind;
  /** Text, or a snippet where it has `$0` for the cursor. */
  insert: string;
  snippet?: boolean;
  detail?: string;
  doc?: string;
}

export interface Completion {
  /** Index from which to the cursor the text is replaced. */
  from: number;
  suggestions: Suggestion[];
}

/** What completion draws from. */
export interface CompletionSource {
  schema: Schema;
  database?: string;
  variableNames(): string[];
  /** The text with template variables replaced. */
  plain(text: string): string;
}

const NOTHING: Completion = { from: 0, suggestions: [] };
const COMPARISONS = ['=', '==', '!=', '<>', '~', '!~'];

/** What may stand at the cursor: decided by the tokens before it, and by the measurement that the statement reads. */
export async function complete(sql: string, cursor: number, source: CompletionSource): Promise<Completion> {
  const tokens = tokenize(sql);
  const at = tokens.findIndex((token) => token.start < cursor && cursor <= token.start + token.text.length);
  const current = tokens[at] as Token | undefined;
  const open = current && isInside(current, cursor);
  const before = tokens.slice(0, open ? at : at + 1).filter((token) => token.kind !== 'space' && token.kind !== 'comment');
  if (open && current.kind === 'comment') {
    return NOTHING;
  }
  if (open && current.kind === 'string') {
    return { from: current.start + 1, suggestions: await valuesOf(before, sql.slice(current.start + 1, cursor), tokens, source) };
  }
  const typed = open ? current.text.slice(0, cursor - current.start) : '';
  const from = open ? current.start : cursor;
  if (typed.startsWith('$') || typed.startsWith('[')) {
    return { from, suggestions: [...(await macros(source)), ...variables(source)] };
  }
  return { from, suggestions: await names(before, tokens, source) };
}

/** Whether what is typed next goes into the token: a word that is being written, or a literal without its end. */
function isInside(token: Token, cursor: number): boolean {
  const atEnd = cursor === token.start + token.text.length;
  switch (token.kind) {
    case 'word':
    case 'variable':
    case 'macro':
      return true;
    case 'other':
      return token.text === '$';
    case 'string':
    case 'quoted':
      return !atEnd || !token.closed;
    case 'comment':
      return !atEnd || !token.closed || token.text.startsWith('--');
    default:
      return false;
  }
}

async function names(before: Token[], tokens: Token[], source: CompletionSource): Promise<Suggestion[]> {
  const last = before[before.length - 1];
  const secondLast = before[before.length - 2];
  if (last === undefined || isSymbol(last, ';')) {
    return keywords(['SELECT', 'SHOW', 'EXPLAIN']);
  }
  if (isWord(last, 'FROM')) {
    const measurements = await source.schema.measurements(source.database);
    return [...measurements.map((name) => named(name, 'measurement')), ...variables(source)];
  }
  if (isWord(last, 'SHOW')) {
    return keywords(['DATABASES', 'MEASUREMENTS', 'TAG KEYS', 'TAG VALUES', 'FIELD KEYS', 'SERIES']);
  }
  if (isWord(before[0], 'SHOW')) {
    const tags = isSymbol(last, '=') ? await tagsOf(tokens, source) : [];
    return [...tags.map((name) => named(name, 'tag')), ...keywords(['FROM', 'WITH KEY ='])];
  }
  if (isWord(last, 'BY') && isWord(secondLast, 'LATEST')) {
    return (await tagsOf(tokens, source)).map((name) => named(name, 'tag'));
  }
  const [columns, functions, macroList] = await Promise.all([columnsOf(tokens, source), source.schema.functions(), macros(source)]);
  return [...columns, ...functions.map(called), ...macroList, ...variables(source), ...keywords(clauses(before))];
}

async function columnsOf(tokens: Token[], source: CompletionSource): Promise<Suggestion[]> {
  const measurement = measurementIn(tokens, source);
  if (measurement === undefined) {
    return [named('time', 'time')];
  }
  const [tags, fields] = await Promise.all([
    source.schema.tags(source.database, measurement),
    source.schema.fields(source.database, measurement),
  ]);
  return [
    named('time', 'time'),
    ...tags.map((name) => named(name, 'tag')),
    ...fields.map((field) => ({ ...named(field.name, 'field'), detail: field.type })),
  ];
}

function tagsOf(tokens: Token[], source: CompletionSource): Promise<string[]> {
  return source.schema.tags(source.database, measurementIn(tokens, source));
}

function measurementIn(tokens: Token[], source: CompletionSource): string | undefined {
  const solid = tokens.filter((token) => token.kind !== 'space' && token.kind !== 'comment');
  const name = solid[solid.findIndex((token) => isWord(token, 'FROM')) + 1];
  const isName = name !== solid[0] && (name?.kind === 'quoted' || name?.kind === 'variable' || (name?.kind === 'word' && !isClause(name)));
  return isName ? source.plain(unquote(name.text)) : undefined;
}

function isClause(token: Token): boolean {
  return RESERVED_WORDS.includes(token.text.toUpperCase());
}

/** Values of the tag that the literal is compared with: `host = '` and `host IN ('a', '`. */
async function valuesOf(before: Token[], prefix: string, tokens: Token[], source: CompletionSource): Promise<Suggestion[]> {
  const tag = comparedName(before);
  if (tag === undefined) {
    return [];
  }
  const measurement = measurementIn(tokens, source);
  const tags = await source.schema.tags(source.database, measurement);
  if (!tags.includes(tag)) {
    return [];
  }
  const values = await source.schema.tagValues(source.database, measurement, tag, prefix.replaceAll("''", "'"));
  return values.map((value) => ({ label: value, kind: 'value', insert: value.replaceAll("'", "''"), detail: tag }));
}

function comparedName(before: Token[]): string | undefined {
  let index = before.length - 1;
  while (index >= 0 && (isSymbol(before[index], ',', '(') || before[index].kind === 'string')) {
    index--;
  }
  const inList = index < before.length - 1;
  const operator = before[index];
  const compares = inList ? isWord(operator, 'IN') : isSymbol(operator, ...COMPARISONS) || isWord(operator, 'LIKE');
  if (!compares) {
    return undefined;
  }
  const name = isWord(before[index - 1], 'NOT') ? before[index - 2] : before[index - 1];
  return name?.kind === 'word' || name?.kind === 'quoted' ? unquote(name.text) : undefined;
}

async function macros(source: CompletionSource): Promise<Suggestion[]> {
  return (await source.schema.macros()).map((macro) => ({
    label: macro.name,
    kind: 'macro',
    ...callOf(macro),
    detail: macro.signature,
    doc: [macro.doc, macro.example].filter(Boolean).join('\n\n'),
  }));
}

function called(item: SchemaFunction): Suggestion {
  return { label: item.name, kind: 'function', ...callOf(item), detail: item.signature, doc: item.doc };
}

/** A name with parentheses where its signature has them, the cursor between them. */
function callOf(item: SchemaFunction): { insert: string; snippet?: boolean } {
  const escaped = item.name.replaceAll('$', '\\$');
  if (!item.signature.includes('(')) {
    return { insert: item.name };
  }
  return item.signature.includes('()') ? { insert: `${item.name}()` } : { insert: `${escaped}($0)`, snippet: true };
}

function variables(source: CompletionSource): Suggestion[] {
  return source.variableNames().map((name) => ({ label: `$${name}`, kind: 'variable', insert: `$${name}`, detail: 'template variable' }));
}

function named(name: string, kind: SuggestionKind): Suggestion {
  return { label: name, kind, insert: quoteName(name), detail: kind };
}

function keywords(words: string[]): Suggestion[] {
  return words.map((word) => ({ label: word, kind: 'keyword', insert: word }));
}

/** The clauses that are still to come, and what may stand within one. */
function clauses(before: Token[]): string[] {
  const order = ['FROM', 'WHERE', 'LATEST', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET'];
  const reached = before.reduce((highest, token) => Math.max(highest, token.kind === 'word' ? order.indexOf(token.text.toUpperCase()) : -1), -1);
  const next = order.slice(reached + 1).map((word) => (['LATEST', 'GROUP', 'ORDER'].includes(word) ? `${word} BY` : word));
  return [...next, 'AS', 'AND', 'OR', 'NOT', 'IN', 'LIKE', 'BETWEEN', 'IS NULL', 'IS NOT NULL', 'DISTINCT', 'ASC', 'DESC', 'CAST', 'INTERVAL', 'TRUE', 'FALSE', 'NULL'];
}

/** Every keyword, for highlighting. */
export const KEYWORDS = [...RESERVED_WORDS, ...OTHER_KEYWORDS];
