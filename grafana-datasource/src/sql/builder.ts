import { quoteName, quoteText } from './names';
import { tokenize } from './tokens';

/** A column of the answer: a tag or field, or an aggregate of one. */
export interface BuilderColumn {
  /** Name of a tag or field; `*` for `count(*)`. May hold template variables, as every name here. */
  column: string;
  /** A function, or `count_distinct`; without it the column as it is. */
  aggregate?: string;
  alias?: string;
}

export const FILTER_OPERATORS = [
  '=', '!=', '<', '<=', '>', '>=', 'IN', 'NOT IN', '~', '!~', 'LIKE', 'NOT LIKE', 'IS NULL', 'IS NOT NULL',
] as const;

export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export interface BuilderFilter {
  column: string;
  operator: FilterOperator;
  /** One, or several for IN; none for IS NULL. */
  values: string[];
  /** `text`: string literals. `code`: numbers, TRUE, FALSE and template variables bare; what is none of these stands as text. */
  kind: 'text' | 'code';
}

export interface BuilderOrder {
  column: string;
  aggregate?: string;
  descending?: boolean;
}

/** State of the query builder. {@link writeSql} gives its statement, {@link readSql} in `reader.ts` goes the other way. */
export interface BuilderQuery {
  measurement: string;
  /** Empty: all columns. */
  columns: BuilderColumn[];
  filters: BuilderFilter[];
  /** Tags; only with an aggregate or a bucket. */
  groupBy: string[];
  /** Width of the time buckets: empty for none, `auto` for the panel's interval, else a duration or variable. */
  bucket: string;
  latestBy: string[];
  orderBy: BuilderOrder[];
  /** Whole number or variable; empty for none. */
  limit: string;
  /** Whether rows are kept to the dashboard's time range. */
  timeFilter: boolean;
  /** Whether the dashboard's ad-hoc filters apply. */
  adHocFilters: boolean;
}

export const EMPTY_BUILDER: BuilderQuery = {
  measurement: '',
  columns: [],
  filters: [],
  groupBy: [],
  bucket: '',
  latestBy: [],
  orderBy: [],
  limit: '',
  timeFilter: true,
  adHocFilters: true,
};

export const TIME_COLUMN = 'time';

/** Whether rows are grouped: then plain columns have no place in the answer, and tags stand in GROUP BY. */
export function isGrouped(builder: BuilderQuery): boolean {
  return builder.bucket !== '' || builder.columns.some((column) => column.aggregate);
}

/** The statement of a builder's state; empty while no measurement is chosen. */
export function writeSql(builder: BuilderQuery): string {
  if (builder.measurement === '') {
    return '';
  }
  const lines = [`SELECT ${selectItems(builder).join(', ')}`, `FROM ${quoteName(builder.measurement)}`];
  const conditions = whereConditions(builder);
  if (conditions.length > 0) {
    lines.push(`WHERE ${conditions.join('\n  AND ')}`);
  }
  if (builder.latestBy.length > 0) {
    lines.push(`LATEST BY ${builder.latestBy.map(quoteName).join(', ')}`);
  }
  const groups = groupItems(builder);
  if (groups.length > 0) {
    lines.push(`GROUP BY ${groups.join(', ')}`);
  }
  if (builder.orderBy.length > 0) {
    lines.push(`ORDER BY ${builder.orderBy.map((order) => orderItem(order, builder)).join(', ')}`);
  }
  if (isCount(builder.limit)) {
    lines.push(`LIMIT ${builder.limit}`);
  }
  return lines.join('\n');
}

function selectItems(builder: BuilderQuery): string[] {
  if (!isGrouped(builder)) {
    return builder.columns.length === 0 ? ['*'] : [TIME_COLUMN, ...builder.columns.map(selectItem)];
  }
  const bucket = builder.bucket === '' ? [] : [`${bucketCall(builder.bucket)} AS ${TIME_COLUMN}`];
  const items = [...bucket, ...builder.groupBy.map(quoteName), ...builder.columns.map(selectItem)];
  return items.length === 0 ? ['*'] : items;
}

function selectItem(item: BuilderColumn): string {
  const expression = aggregateCall(item.column, item.aggregate);
  return item.alias ? `${expression} AS ${quoteName(item.alias)}` : expression;
}

function aggregateCall(column: string, aggregate?: string): string {
  const argument = column === '*' && aggregate === 'count' ? '*' : quoteName(column);
  if (!aggregate) {
    return argument;
  }
  const called = /^\w+$/.test(aggregate) ? aggregate : quoteName(aggregate);
  return aggregate === 'count_distinct' ? `count(DISTINCT ${argument})` : `${called}(${argument})`;
}

function bucketCall(bucket: string): string {
  return bucket === 'auto' ? `$__timeBucket(${TIME_COLUMN})` : `$__timeGroup(${TIME_COLUMN}, ${bucketWidth(bucket)})`;
}

function bucketWidth(bucket: string): string {
  return isSingleToken(bucket, 'duration', 'variable') ? bucket : quoteText(bucket);
}

function whereConditions(builder: BuilderQuery): string[] {
  const conditions = builder.timeFilter ? [`$__timeFilter(${TIME_COLUMN})`] : [];
  conditions.push(...builder.filters.filter((filter) => filter.column !== '').map(filterCondition));
  return builder.adHocFilters ? [...conditions, '$__adHocFilters'] : conditions;
}

function filterCondition(filter: BuilderFilter): string {
  const column = quoteName(filter.column);
  switch (filter.operator) {
    case 'IS NULL':
    case 'IS NOT NULL':
      return `${column} ${filter.operator}`;
    case 'IN':
    case 'NOT IN': {
      const values = filter.values.length === 0 ? [''] : filter.values;
      return `${column} ${filter.operator} (${values.map((value) => filterValue(value, filter.kind)).join(', ')})`;
    }
    default:
      return `${column} ${filter.operator} ${filterValue(filter.values[0] ?? '', filter.kind)}`;
  }
}

function filterValue(value: string, kind: BuilderFilter['kind']): string {
  return kind === 'code' && isCode(value) ? value : quoteText(value);
}

function groupItems(builder: BuilderQuery): string[] {
  if (!isGrouped(builder)) {
    return [];
  }
  return [...(builder.bucket === '' ? [] : ['1']), ...builder.groupBy.map(quoteName)];
}

function orderItem(order: BuilderOrder, builder: BuilderQuery): string {
  // The bucket's start is the first column; its name is that of the rows' own time, too.
  const isBucket = order.column === TIME_COLUMN && !order.aggregate && builder.bucket !== '';
  const expression = isBucket ? '1' : aggregateCall(order.column, order.aggregate);
  return order.descending ? `${expression} DESC` : expression;
}

/** Whether the text may stand bare as a filter's value: a number, TRUE, FALSE or one template variable. */
export function isCode(text: string): boolean {
  return /^-?\d/.test(text)
    ? isSingleToken(text.replace(/^-/, ''), 'number')
    : isSingleToken(text, 'variable') || /^(true|false)$/i.test(text);
}

/** Whether the text may stand after LIMIT. */
export function isCount(text: string): boolean {
  return /^\d+$/.test(text) || isSingleToken(text, 'variable');
}

function isSingleToken(text: string, ...kinds: string[]): boolean {
  const tokens = tokenize(text);
  return tokens.length === 1 && kinds.includes(tokens[0].kind);
}

/** The state without what its statement does not show: two states with one statement have one canonical state. */
export function canonicalBuilder(builder: BuilderQuery): BuilderQuery {
  const grouped = isGrouped(builder);
  return {
    measurement: builder.measurement,
    columns: builder.columns.map(({ column, aggregate, alias }) => ({
      column,
      ...(aggregate ? { aggregate } : {}),
      ...(alias ? { alias } : {}),
    })),
    filters: builder.filters.filter((filter) => filter.column !== '').map(canonicalFilter),
    groupBy: grouped ? builder.groupBy : [],
    bucket: builder.bucket,
    latestBy: builder.latestBy,
    orderBy: builder.orderBy.map(({ column, aggregate, descending }) => ({
      column,
      ...(aggregate ? { aggregate } : {}),
      ...(descending ? { descending } : {}),
    })),
    limit: isCount(builder.limit) ? builder.limit : '',
    timeFilter: builder.timeFilter,
    adHocFilters: builder.adHocFilters,
  };
}

function canonicalFilter(filter: BuilderFilter): BuilderFilter {
  const { column, operator } = filter;
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') {
    return { column, operator, values: [], kind: 'text' };
  }
  const list = operator === 'IN' || operator === 'NOT IN';
  const values = list && filter.values.length > 0 ? filter.values : [filter.values[0] ?? ''];
  const code = filter.kind === 'code' && values.some(isCode);
  return { column, operator, values, kind: code ? 'code' : 'text' };
}
