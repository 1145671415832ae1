import { BuilderQuery, EMPTY_BUILDER, writeSql } from '../sql/builder';
import { readSql, sameStatement } from '../sql/reader';
import { TsdbQuery } from '../types';

/** The mode in which a query is edited; one that says nothing was written by hand, or in a dashboard's file, unless it is empty. */
export function modeOf(query: TsdbQuery): 'builder' | 'sql' {
  return query.editorMode ?? (query.rawSql?.trim() ? 'sql' : 'builder');
}

/** The builder's state of a query in builder mode. */
export function builderOf(query: TsdbQuery): BuilderQuery {
  return { ...EMPTY_BUILDER, ...(query.builder ?? readSql(query.rawSql ?? '')) };
}

/** The query with another state of the builder, and the statement of it. */
export function withBuilder(query: TsdbQuery, builder: BuilderQuery): TsdbQuery {
  return { ...query, editorMode: 'builder', builder, rawSql: writeSql(builder) };
}

export function toSqlMode(query: TsdbQuery): TsdbQuery {
  return { ...query, editorMode: 'sql' };
}

/**
 * The query in builder mode with the very statement that it has, or undefined when the builder cannot show that. Its text is left as it was laid out until
 * the builder changes something.
 */
export function toBuilderMode(query: TsdbQuery): TsdbQuery | undefined {
  const sql = query.rawSql ?? '';
  if (sql.trim() === '') {
    return { ...query, editorMode: 'builder', builder: EMPTY_BUILDER };
  }
  if (query.builder && sameStatement(writeSql(query.builder), sql) && readSql(sql)) {
    return { ...query, editorMode: 'builder' };
  }
  const builder = readSql(sql);
  return builder && { ...query, editorMode: 'builder', builder };
}

/** The query in builder mode with a state of its own; the statement written by hand is kept beside it. */
export function startBuilder(query: TsdbQuery): TsdbQuery {
  return { ...withBuilder(query, query.builder ?? EMPTY_BUILDER), keptSql: query.rawSql };
}

/** The query with the statement that was kept. */
export function restoreKept(query: TsdbQuery): TsdbQuery {
  return { ...query, editorMode: 'sql', rawSql: query.keptSql, keptSql: undefined };
}
