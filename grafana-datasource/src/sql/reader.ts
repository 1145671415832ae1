import { BuilderColumn, BuilderFilter, BuilderOrder, BuilderQuery, EMPTY_BUILDER, TIME_COLUMN, writeSql } from './builder';
import { quoteName, unquote, RESERVED_WORDS, OTHER_KEYWORDS } from './names';
import { isSymbol, isWord, significant, Token, tokenize } from './tokens';

const KEYWORDS = new Set([...RESERVED_WORDS, ...OTHER_KEYWORDS]);

/**
 * The builder's state whose statement this is, or undefined when the builder cannot show it.
 *
 * What is returned is checked the other way round: written again it is the same statement but for space, the case of keywords and
 * quotes that are not needed. So nothing that the builder does not know (a comment, HAVING, an expression) can get lost.
 */
export function readSql(sql: string): BuilderQuery | undefined {
  const tokens = tokenize(sql);
  if (tokens.some((token) => token.kind === 'comment' || !token.closed)) {
    return undefined;
  }
  const builder = new Reader(significant(tokens)).statement();
  return builder && sameStatement(writeSql(builder), sql) ? builder : undefined;
}

/** Whether two statements are the same but for space, comments, the case of keywords, needless quotes and a last semicolon. */
export function sameStatement(one: string, other: string): boolean {
  const a = canonicalTokens(one);
  const b = canonicalTokens(other);
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function canonicalTokens(sql: string): string[] {
  const tokens = significant(tokenize(sql));
  if (isSymbol(tokens[tokens.length - 1], ';')) {
    tokens.pop();
  }
  return tokens.map((token, index) => {
    switch (token.kind) {
      case 'quoted':
        return quoteName(unquote(token.text));
      case 'word': {
        const upper = token.text.toUpperCase();
        // A function is called whatever its case; first and last are keywords elsewhere.
        if (isSymbol(tokens[index + 1], '(') && !RESERVED_WORDS.includes(upper)) {
          return token.text.toLowerCase();
        }
        return KEYWORDS.has(upper) ? upper : token.text;
      }
      case 'symbol':
        return { '==': '=', '<>': '!=' }[token.text] ?? token.text;
      default:
        return token.text;
    }
  });
}

/** Thrown where the statement leaves what the builder writes. */
class NotBuilt extends Error {}

/** Reads the form of statement that {@link writeSql} writes; a recursive descent of one level. */
class Reader {
  private position = 0;
  private readonly builder: BuilderQuery = { ...EMPTY_BUILDER, columns: [], filters: [], timeFilter: false, adHocFilters: false };

  constructor(private readonly tokens: Token[]) {}

  statement(): BuilderQuery | undefined {
    try {
      this.clauses();
      return this.builder;
    } catch (error) {
      if (error instanceof NotBuilt) {
        return undefined;
      }
      throw error;
    }
  }

  private clauses() {
    this.word('SELECT');
    const items = this.selectList();
    this.word('FROM');
    this.builder.measurement = this.name();
    if (this.takeWord('WHERE')) {
      this.separated(() => this.condition(), () => this.takeWord('AND'));
    }
    if (this.takeWord('LATEST')) {
      this.word('BY');
      this.builder.latestBy = this.separated(() => this.name());
    }
    if (this.takeWord('GROUP')) {
      this.word('BY');
      this.groupBy();
    }
    if (this.takeWord('ORDER')) {
      this.word('BY');
      this.builder.orderBy = this.separated(() => this.orderItem());
    }
    if (this.takeWord('LIMIT')) {
      this.builder.limit = this.take().text;
    }
    if (isSymbol(this.peek(), ';')) {
      this.take();
    }
    if (this.peek()) {
      throw new NotBuilt();
    }
    this.placeColumns(items);
  }

  /** Reads the select list but for the bucket; empty for `*`. */
  private selectList(): BuilderColumn[] {
    if (isSymbol(this.peek(), '*')) {
      this.take();
      return [];
    }
    const items: BuilderColumn[] = [];
    this.separated(() => {
      if (this.peek()?.kind === 'macro') {
        this.bucket();
        return;
      }
      const item = this.aggregated();
      const alias = this.takeWord('AS') ? this.name() : undefined;
      items.push({ ...item, ...(alias === undefined ? {} : { alias }) });
    });
    return items;
  }

  /** Before the columns stand the groups, or the time of a row. Where they do not, the statement written again is another one. */
  private placeColumns(items: BuilderColumn[]) {
    const grouped = this.builder.bucket !== '' || items.some((item) => item.aggregate);
    this.builder.columns = items.slice(grouped ? this.builder.groupBy.length : 1);
  }

  private bucket() {
    const macro = this.take().text;
    this.symbol('(');
    this.word('TIME');
    if (macro === '$__timeBucket') {
      this.builder.bucket = 'auto';
    } else if (macro === '$__timeGroup') {
      this.symbol(',');
      this.builder.bucket = unquote(this.take().text);
    } else {
      throw new NotBuilt();
    }
    this.symbol(')');
    this.word('AS');
    this.word('TIME');
  }

  private aggregated(): { column: string; aggregate?: string } {
    if (!isSymbol(this.peek(1), '(')) {
      return { column: this.name() };
    }
    const aggregate = this.peek()?.kind === 'word' ? this.take().text.toLowerCase() : this.fail();
    this.symbol('(');
    const distinct = aggregate === 'count' && this.takeWord('DISTINCT');
    const column = aggregate === 'count' && isSymbol(this.peek(), '*') ? this.take().text : this.name();
    this.symbol(')');
    return { column, aggregate: distinct ? 'count_distinct' : aggregate };
  }

  private condition() {
    const token = this.peek();
    if (token?.kind !== 'macro') {
      this.builder.filters.push(this.filter());
    } else if (this.take().text === '$__timeFilter') {
      this.symbol('(');
      this.word('TIME');
      this.symbol(')');
      this.builder.timeFilter = true;
    } else if (token.text === '$__adHocFilters') {
      this.builder.adHocFilters = true;
    } else {
      throw new NotBuilt();
    }
  }

  private filter(): BuilderFilter {
    const column = this.name();
    if (this.takeWord('IS')) {
      const operator = this.takeWord('NOT') ? 'IS NOT NULL' : 'IS NULL';
      this.word('NULL');
      return { column, operator, values: [], kind: 'text' };
    }
    const negated = this.takeWord('NOT');
    if (this.takeWord('IN')) {
      this.symbol('(');
      const values = this.separated(() => this.value());
      this.symbol(')');
      return filterOf(column, negated ? 'NOT IN' : 'IN', values);
    }
    if (this.takeWord('LIKE')) {
      return filterOf(column, negated ? 'NOT LIKE' : 'LIKE', [this.value()]);
    }
    const operator = negated ? this.fail() : comparison(this.take()) ?? this.fail();
    return filterOf(column, operator, [this.value()]);
  }

  private value(): Value {
    const sign = isSymbol(this.peek(), '-') ? this.take().text : '';
    const token = this.take();
    if (token.kind === 'string' && sign === '') {
      return { text: unquote(token.text), code: false };
    }
    if (token.kind === 'number' || (sign === '' && (token.kind === 'variable' || isWord(token, 'TRUE', 'FALSE')))) {
      return { text: sign + token.text, code: true };
    }
    throw new NotBuilt();
  }

  private groupBy() {
    if (this.builder.bucket !== '' && this.peek()?.text === '1') {
      this.take();
      if (!isSymbol(this.peek(), ',')) {
        return;
      }
      this.take();
    }
    this.builder.groupBy = this.separated(() => this.name());
  }

  private orderItem(): BuilderOrder {
    const isBucket = this.builder.bucket !== '' && this.peek()?.text === '1';
    const item = isBucket ? { column: TIME_COLUMN } : this.aggregated();
    if (isBucket) {
      this.take();
    }
    return this.takeWord('DESC') ? { ...item, descending: true } : item;
  }

  private separated<T>(item: () => T, separator = () => isSymbol(this.peek(), ',') && !!this.take()): T[] {
    const items = [item()];
    while (separator()) {
      items.push(item());
    }
    return items;
  }

  private name(): string {
    const token = this.take();
    if (token.kind === 'quoted' && token.text !== '""') {
      return unquote(token.text);
    }
    return token.kind === 'word' && !KEYWORDS.has(token.text.toUpperCase()) ? token.text : this.fail();
  }

  private peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead];
  }

  private take(): Token {
    return this.tokens[this.position++] ?? this.fail();
  }

  private takeWord(keyword: string): boolean {
    if (!isWord(this.peek(), keyword)) {
      return false;
    }
    this.position++;
    return true;
  }

  private word(keyword: string) {
    if (!this.takeWord(keyword)) {
      throw new NotBuilt();
    }
  }

  private symbol(text: string) {
    if (!isSymbol(this.take(), text)) {
      throw new NotBuilt();
    }
  }

  private fail(): never {
    throw new NotBuilt();
  }
}

interface Value {
  text: string;
  code: boolean;
}

function filterOf(column: string, operator: BuilderFilter['operator'], values: Value[]): BuilderFilter {
  return {
    column,
    operator,
    values: values.map((value) => value.text),
    kind: values.some((value) => value.code) ? 'code' : 'text',
  };
}

function comparison(token: Token): BuilderFilter['operator'] | undefined {
  switch (token.kind === 'symbol' ? token.text : '') {
    case '=':
    case '==':
      return '=';
    case '!=':
    case '<>':
      return '!=';
    case '<':
      return '<';
    case '<=':
      return '<=';
    case '>':
      return '>';
    case '>=':
      return '>=';
    case '~':
      return '~';
    case '!~':
      return '!~';
    default:
      return undefined;
  }
}
