package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A query as written: nothing resolved.
///
/// @param with common tables; each sees those before it
/// @param orderBy of the whole, as `limitBy`, `limit` and `offset`
public record Query(
        Position position,
        List<CommonTable> with,
        Body body,
        List<OrderItem> orderBy,
        @Nullable LimitBy limitBy,
        @Nullable Expression limit,
        @Nullable Expression offset) {

    /// Without `LIMIT n BY`.
    public Query(
            Position position,
            List<CommonTable> with,
            Body body,
            List<OrderItem> orderBy,
            @Nullable Expression limit,
            @Nullable Expression offset) {
        this(position, with, body, orderBy, null, limit, offset);
    }

    /// `LIMIT count BY by, ...`: the first rows of each combination of values.
    public record LimitBy(Position position, Expression count, List<Expression> by) {}

    /// `WITH name (column, ...) AS (query)`.
    ///
    /// @param columns names for the query's columns; empty when not said
    public record CommonTable(
            Position position, String name, List<Expression.Name> columns, Query query) {}

    /// What gives rows.
    public sealed interface Body {
        Position position();
    }

    /// `SELECT`.
    ///
    /// @param distinctOn of `DISTINCT ON (...)`, empty when it is absent
    /// @param from null when there is no `FROM`
    /// @param latestBy tags of `LATEST BY`, empty when it is absent
    /// @param sampleBy null when not said, never together with `groupBy`
    /// @param fill null when not said
    public record Select(
            Position position,
            boolean distinct,
            List<Expression> distinctOn,
            List<Expression.Item> items,
            @Nullable Relation from,
            List<Expression.Name> latestBy,
            @Nullable Expression where,
            List<Expression> groupBy,
            @Nullable SampleBy sampleBy,
            @Nullable Fill fill,
            @Nullable Expression having,
            @Nullable Expression qualify)
            implements Body {

        /// `SELECT items FROM from WHERE where`.
        public static Select of(
                Position position,
                List<Expression.Item> items,
                @Nullable Relation from,
                @Nullable Expression where) {
            return new Select(
                    position, false, List.of(), items, from, List.of(), where, List.of(), null,
                    null, null, null);
        }
    }

    /// `SAMPLE BY width FROM from TO to ALIGN TO CALENDAR TIME ZONE zone WITH OFFSET offset`: what
    /// is not said is null.
    public record SampleBy(
            Position position,
            Expression width,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression zone,
            @Nullable Expression offset) {}

    /// `FILL (...)`.
    ///
    /// @param values at least one
    public record Fill(Position position, List<FillValue> values) {}

    /// @param value of [FillKind#VALUE], null otherwise
    public record FillValue(Position position, FillKind kind, @Nullable Expression value) {}

    /// What becomes of a bucket without a value.
    public enum FillKind {
        NONE,
        NULL,
        PREVIOUS,
        NEXT,
        LINEAR,
        VALUE
    }

    /// `UNION`, `EXCEPT`, `INTERSECT`.
    ///
    /// @param all whether equal rows stay as many as they are
    public record SetOperation(
            Position position, SetOperator operator, boolean all, Body left, Body right)
            implements Body {}

    /// `VALUES (1, 'a'), (2, 'b')`.
    public record Values(Position position, List<List<Expression>> rows) implements Body {}

    /// A query in parentheses.
    public record Nested(Position position, Query query) implements Body {}

    /// How two bodies are put together.
    public enum SetOperator {
        UNION,
        EXCEPT,
        INTERSECT
    }

    /// What stands behind `FROM`.
    public sealed interface Relation {
        Position position();
    }

    /// A measurement or a common table.
    ///
    /// @param alias null when not said, here and below
    public record Table(Position position, String name, @Nullable String alias)
            implements Relation {}

    /// What there is, as a relation: `information_schema.tables`.
    public record Catalogue(Position position, CatalogueTable table, @Nullable String alias)
            implements Relation {}

    /// Relations that say what there is.
    public enum CatalogueTable {
        TABLES,
        COLUMNS
    }

    /// @param columns names for the query's columns; empty when not said
    public record SubQuery(
            Position position, Query query, @Nullable String alias, List<Expression.Name> columns)
            implements Relation {}

    /// Two relations side by side; every row with every row where neither `on` nor `using` is said.
    ///
    /// @param on null when not said
    /// @param using columns that both sides have, and the outcome once; empty when not said
    public record Join(
            Position position,
            JoinKind kind,
            Relation left,
            Relation right,
            @Nullable Expression on,
            List<Expression.Name> using)
            implements Relation {}

    /// `ASOF JOIN`: beside each row of the left side the newest row of the right one that is not
    /// newer; `LT JOIN`: that is older.
    ///
    /// @param keepsLeft whether rows without a match stay
    /// @param isStrict `LT JOIN`
    /// @param on null when not said
    /// @param using columns that both sides have; empty when not said
    /// @param tolerance null when not said
    public record AsofJoin(
            Position position,
            boolean keepsLeft,
            boolean isStrict,
            Relation left,
            Relation right,
            @Nullable Expression on,
            List<Expression.Name> using,
            @Nullable Expression tolerance)
            implements Relation {}

    /// `WINDOW JOIN`: aggregates of the rows of the right side that lie within a span of time
    /// around each row of the left one.
    ///
    /// @param on null when not said
    /// @param using columns that both sides have; empty when not said
    /// @param withPrevailing whether the newest row before the span counts too, where none is at
    ///   its start
    public record WindowJoin(
            Position position,
            Relation left,
            Relation right,
            @Nullable Expression on,
            List<Expression.Name> using,
            WindowFrame.Bound start,
            WindowFrame.Bound end,
            boolean withPrevailing)
            implements Relation {}

    /// @param nullsFirst null when not said
    public record OrderItem(
            Position position,
            Expression expression,
            boolean descending,
            @Nullable Boolean nullsFirst) {}
}
