import { quoteName, quoteText, RESERVED_WORDS } from './names';
import { isSymbol, isWord, Token, tokenize } from './tokens';

/** What a template variable holds at the moment. */
export interface VariableValue {
  /** One, or several of a variable with several values. */
  values: string[];
  /** Whether the variable may hold several values or All: its values are then data, never code. */
  multi: boolean;
  /** Whether All is chosen. */
  all: boolean;
  /** Whether the value is already a pattern: the dashboard's own text for All. */
  pattern?: boolean;
}

/** A reference to a template variable in a text: `$name`, `${name.path:format}`, `[[name:format]]`. */
export interface VariableReference {
  text: string;
  name: string;
  path?: string;
  format?: string;
}

/** The value of a variable, or undefined when there is none of this name: then the text is left as it is. */
export type VariableLookup = (reference: VariableReference) => VariableValue | undefined;

/** A statement with values in the place of variables, and where its parts come from. */
export interface Interpolated {
  sql: string;
  /** The place in the original statement of an offset in `sql`; offsets in UTF-16 units. */
  originOf(offset: number): number;
}

// Macros of the back end, which it expands; Grafana's scoped variables of these names are not put in their place.
const BACK_END_MACROS = new Set([
  '__timeFilter', '__timeFrom', '__timeTo', '__timeBucket', '__timeGroup', '__interval', '__interval_ms',
  '__rate_interval', '__conditionalAll', '__adHocFilters', '__all',
]);

const REFERENCE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;
// A statement is limited to 262,144 characters; more literals than this do not fit.
const COMBINATIONS_MAX = 50_000;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DURATION = /^(?:\d+(?:ns|us|ms|[smhdw]))+$/i;

/**
 * Puts the values of template variables into a statement, so that a value stays a value whatever it holds.
 *
 * Inside a string literal or quoted name the quote is doubled; several values become several literals, and `=` before them `IN`.
 * At a place of code a value becomes a string literal, after FROM and BY a quoted name; only a number, duration or truth value of a variable
 * with one value stands bare. In comments nothing changes. Formats of Grafana (`${name:csv}`) choose otherwise; `raw` alone puts text in as it is.
 */
export function interpolate(sql: string, lookup: VariableLookup): Interpolated {
  const tokens = tokenize(sql);
  const flags = flagVariablesOfConditionalAll(tokens);
  const writer = new Writer();
  tokens.forEach((token, index) => {
    switch (token.kind) {
      case 'string':
      case 'quoted':
        writeLiteral(writer, tokens, index, lookup, flags.has(index));
        break;
      case 'variable':
      case 'macro':
        writeCode(writer, tokens, index, lookup, flags.has(index));
        break;
      default:
        writer.copy(token);
    }
  });
  return writer.finish(sql);
}

/** Every reference in a text. */
export function referencesIn(text: string): VariableReference[] {
  return [...text.matchAll(REFERENCE)].map((match) => ({
    text: match[0],
    name: match[1] ?? match[2] ?? match[4],
    path: match[5],
    format: match[3] ?? match[6],
  }));
}

function writeCode(writer: Writer, tokens: Token[], index: number, lookup: VariableLookup, flag: boolean) {
  const token = tokens[index];
  const reference = referencesIn(token.text)[0];
  if (reference && BACK_END_MACROS.has(reference.name)) {
    writer.replace(token, `$${reference.name}`);
    return;
  }
  const value = reference && lookup(reference);
  if (!value) {
    writer.copy(token);
    return;
  }
  if (flag) {
    writer.replace(token, value.all ? '$__all' : quoteText(value.values.join(',')));
    return;
  }
  const before = previous(tokens, index);
  if (reference.format === 'raw') {
    writer.replace(token, value.values.join(','));
  } else if (isSymbol(before, '~', '!~')) {
    writer.replace(token, apart(tokens, index, quoteText(joined(reference, value, true))));
  } else {
    const items = codeItems(reference, value, before, tokens, index);
    writer.replace(token, apart(tokens, index, listAfterEquals(writer, before, items)));
  }
}

/** The values at a place of code, each as one piece of code. */
function codeItems(reference: VariableReference, value: VariableValue, before: Token | undefined, tokens: Token[], index: number): string[] {
  switch (reference.format) {
    case 'singlequote':
    case 'sqlstring':
      return value.values.map(quoteText);
    case 'doublequote':
      return value.values.map(quoteAlways);
    case 'csv':
      return value.values.map((item) => bareOrText(item));
    case 'regex':
    case 'pipe':
      return [quoteText(joined(reference, value, false))];
  }
  if (isPlaceOfName(tokens, index, before)) {
    return value.values.map((item) => (/^\d+$/.test(item) && !value.multi && !isWord(before, 'FROM') ? item : quoteAlways(item)));
  }
  return value.multi ? value.values.map(quoteText) : value.values.map((item) => bareOrText(item));
}

function bareOrText(value: string): string {
  if (NUMBER.test(value)) {
    // A sign could meet another one: -- starts a comment.
    return /^[+-]/.test(value) ? `(${value})` : value;
  }
  return DURATION.test(value) || /^(true|false)$/i.test(value) ? value : quoteText(value);
}

function quoteAlways(name: string): string {
  const quoted = quoteName(name);
  return quoted.startsWith('"') ? quoted : `"${quoted}"`;
}

/** After FROM, in the list after BY, and after WITH KEY = stand names; after SAMPLE BY a width. */
function isPlaceOfName(tokens: Token[], index: number, before: Token | undefined): boolean {
  if (isSymbol(before, '=')) {
    return isWord(previous(tokens, tokens.indexOf(before as Token)), 'KEY');
  }
  if (isWord(before, 'FROM')) {
    return true;
  }
  return (isWord(before, 'BY') || isSymbol(before, ',')) && isInListAfterBy(tokens, index);
}

/** Whether a place is in the list of a BY itself, not in the parentheses of one of its items. */
function isInListAfterBy(tokens: Token[], index: number): boolean {
  let depth = 0;
  for (let i = index - 1; i >= 0; i--) {
    const token = tokens[i];
    if (isSymbol(token, ')')) {
      depth++;
    } else if (isSymbol(token, '(') && --depth < 0) {
      return false;
    } else if (depth === 0 && isWord(token, 'BY')) {
      return !isWord(previous(tokens, i), 'SAMPLE');
    } else if (depth === 0 && (isSymbol(token, ';') || endsList(token))) {
      return false;
    }
  }
  return false;
}

function endsList(token: Token): boolean {
  return token.kind === 'word' && !isWord(token, 'ASC', 'DESC') && RESERVED_WORDS.includes(token.text.toUpperCase());
}

function writeLiteral(writer: Writer, tokens: Token[], index: number, lookup: VariableLookup, flag: boolean) {
  const token = tokens[index];
  const quote = token.text[0];
  const content = token.text.slice(1, token.closed ? -1 : undefined);
  const references = referencesIn(content).filter((reference) => !BACK_END_MACROS.has(reference.name));
  const values = new Map<string, VariableValue>();
  for (const reference of references) {
    const value = lookup(reference);
    if (value) {
      values.set(reference.text, value);
    }
  }
  if (values.size === 0) {
    writer.copy(token);
    return;
  }
  const whole = values.get(content);
  if (flag && whole?.all) {
    writer.replace(token, '$__all');
    return;
  }
  const before = previous(tokens, index);
  const match = isSymbol(before, '~', '!~');
  const single = flag || match;
  const contents = combinations(content, references, values, quote, match, single);
  const end = token.closed ? quote : '';
  const items = contents.map((text) => quote + text + end);
  writer.replace(token, quote === "'" ? listAfterEquals(writer, before, items) : items.join(', '));
}

/** The contents of the literals that one literal becomes: one for each combination of the values of its variables. */
function combinations(
  content: string,
  references: VariableReference[],
  values: Map<string, VariableValue>,
  quote: string,
  match: boolean,
  single: boolean
): string[] {
  let contents = [''];
  let from = 0;
  for (const reference of references) {
    const at = content.indexOf(reference.text, from);
    const value = values.get(reference.text);
    if (!value) {
      continue;
    }
    const tooMany = contents.length * value.values.length > COMBINATIONS_MAX;
    const joins = single || tooMany || (reference.format !== undefined && reference.format !== 'raw');
    const choices = joins ? [joined(reference, value, match)] : value.values;
    const head = content.slice(from, at);
    contents = contents.flatMap((text) => choices.map((choice) => text + head + choice.replaceAll(quote, quote + quote)));
    from = at + reference.text.length;
  }
  return contents.map((text) => text + content.slice(from));
}

/** All values as one text: a pattern where one is wanted, else as the format says. */
function joined(reference: VariableReference, value: VariableValue, match: boolean): string {
  const pattern = reference.format === 'regex' || (match && reference.format === undefined && value.multi);
  if (pattern && !value.pattern) {
    const escaped = value.values.map(escapePattern);
    return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
  }
  return value.values.join(reference.format === 'pipe' ? '|' : ',');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Several values after `=` are a list: `host = 'a', 'b'` means `host IN ('a', 'b')`. */
function listAfterEquals(writer: Writer, before: Token | undefined, items: string[]): string {
  const list = items.join(', ');
  if (items.length < 2 || !isSymbol(before, '=', '==', '!=', '<>')) {
    return list;
  }
  writer.rewrite(before as Token, isSymbol(before, '=', '==') ? 'IN' : 'NOT IN');
  return `(${list})`;
}

/** The text with space where it would grow together with its neighbours: `a$x` must not become one name, nor `'a'$x` one literal. */
function apart(tokens: Token[], index: number, text: string): string {
  const solid = (token: Token | undefined) => token !== undefined && token.kind !== 'space' && token.kind !== 'symbol';
  return (solid(tokens[index - 1]) ? ' ' : '') + text + (solid(tokens[index + 1]) ? ' ' : '');
}

function previous(tokens: Token[], index: number): Token | undefined {
  for (let i = index - 1; i >= 0; i--) {
    if (tokens[i].kind !== 'space' && tokens[i].kind !== 'comment') {
      return tokens[i];
    }
  }
  return undefined;
}

/** Indexes of the tokens of the last argument of each `$__conditionalAll(condition, $variable)`. */
function flagVariablesOfConditionalAll(tokens: Token[]): Set<number> {
  const flags = new Set<number>();
  tokens.forEach((token, start) => {
    if (token.kind !== 'macro' || token.text.toLowerCase() !== '$__conditionalall') {
      return;
    }
    let depth = 0;
    let comma = -1;
    for (let i = start + 1; i < tokens.length; i++) {
      if (isSymbol(tokens[i], '(')) {
        depth++;
      } else if (isSymbol(tokens[i], ',') && depth === 1) {
        comma = i;
      } else if (isSymbol(tokens[i], ')') && --depth === 0) {
        for (let j = comma + 1; comma > 0 && j < i; j++) {
          flags.add(j);
        }
        return;
      }
    }
  });
  return flags;
}

interface Piece {
  text: string;
  token: Token;
  copied: boolean;
}

/** Collects the pieces of the new statement, each with the token that it comes from. */
class Writer {
  private readonly pieces: Piece[] = [];

  copy(token: Token) {
    this.pieces.push({ text: token.text, token, copied: true });
  }

  replace(token: Token, text: string) {
    this.pieces.push({ text, token, copied: text === token.text });
  }

  /** Puts another text in the place of a token that was written already; sets it apart from its neighbours. */
  rewrite(token: Token, text: string) {
    const piece = this.pieces.find((candidate) => candidate.token === token);
    if (piece) {
      piece.text = ` ${text} `;
      piece.copied = false;
    }
  }

  finish(original: string): Interpolated {
    const pieces = this.pieces;
    return {
      sql: pieces.map((piece) => piece.text).join(''),
      originOf(offset) {
        let start = 0;
        for (const piece of pieces) {
          if (offset < start + piece.text.length) {
            return piece.copied ? piece.token.start + (offset - start) : piece.token.start;
          }
          start += piece.text.length;
        }
        return original.length;
      },
    };
  }
}
