package io.tsdb.query.http;

import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.List;

/// Which rows a delete of an InfluxDB client means: tags and times. As there, a tag that a series
/// lacks is the empty text.
sealed interface InfluxCondition {
    /// True for every row.
    record All() implements InfluxCondition {}

    record Tag(String key, boolean negated, String value) implements InfluxCondition {}

    record TagMatches(String key, boolean negated, String pattern) implements InfluxCondition {}

    record Time(ComparisonOperator operator, long nanos) implements InfluxCondition {}

    record And(List<InfluxCondition> parts) implements InfluxCondition {}

    record Or(List<InfluxCondition> parts) implements InfluxCondition {}

    /// The condition in words of a measurement.
    ///
    /// @throws QueryException when it asks for a field
    default Expression on(MeasurementSchema schema) {
        return switch (this) {
            case All() -> bool(true);
            case Tag(String key, boolean negated, String value) -> {
                if (!hasTag(schema, key)) {
                    yield bool(value.isEmpty() != negated);
                }
                if (value.isEmpty()) {
                    yield new Expression.IsNull(Position.NONE, name(key), negated);
                }
                yield negated
                        ? orAbsent(key, compare(key, ComparisonOperator.NOT_EQUAL, value))
                        : compare(key, ComparisonOperator.EQUAL, value);
            }
            case TagMatches(String key, boolean negated, String pattern) -> {
                Expression tag = hasTag(schema, key) ? orEmpty(key) : text("");
                yield new Expression.RegexMatch(Position.NONE, tag, text(pattern), false, negated);
            }
            case Time(ComparisonOperator operator, long nanos) ->
                    new Expression.Comparison(
                            Position.NONE,
                            operator,
                            name("time"),
                            new Expression.TimestampLiteral(Position.NONE, nanos, false));
            case And(List<InfluxCondition> parts) ->
                    new Expression.And(
                            Position.NONE, parts.stream().map(part -> part.on(schema)).toList());
            case Or(List<InfluxCondition> parts) ->
                    new Expression.Or(
                            Position.NONE, parts.stream().map(part -> part.on(schema)).toList());
        };
    }

    private static boolean hasTag(MeasurementSchema schema, String key) {
        if (schema.field(key).isPresent()) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    Position.NONE,
                    "fields not supported in WHERE clause during deletion: '"
                            + key
                            + "' is a field of '"
                            + schema.name()
                            + "'; SQL's DELETE at /api/v1/sql takes fields");
        }
        return schema.hasTagKey(key);
    }

    private static Expression bool(boolean value) {
        return new Expression.BoolLiteral(Position.NONE, value);
    }

    private static Expression.Name name(String text) {
        return new Expression.Name(Position.NONE, text, true, null);
    }

    private static Expression text(String value) {
        return new Expression.StringLiteral(Position.NONE, value);
    }

    private static Expression compare(String key, ComparisonOperator operator, String value) {
        return new Expression.Comparison(Position.NONE, operator, name(key), text(value));
    }

    private static Expression orAbsent(String key, Expression condition) {
        return new Expression.Or(
                Position.NONE,
                List.of(condition, new Expression.IsNull(Position.NONE, name(key), false)));
    }

    private static Expression orEmpty(String key) {
        return new Expression.Call(
                Position.NONE, "coalesce", false, false, List.of(name(key), text("")), null);
    }
}
