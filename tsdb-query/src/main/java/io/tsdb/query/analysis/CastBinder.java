package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// Explicit casts: which there are, and the names of types.
final class CastBinder {
    private static final Map<String, ColumnType> TYPES =
            Map.ofEntries(
                    Map.entry("int64", ColumnType.INT64),
                    Map.entry("bigint", ColumnType.INT64),
                    Map.entry("int", ColumnType.INT64),
                    Map.entry("integer", ColumnType.INT64),
                    Map.entry("long", ColumnType.INT64),
                    Map.entry("uint64", ColumnType.UINT64),
                    Map.entry("ubigint", ColumnType.UINT64),
                    Map.entry("int8", ColumnType.INT64),
                    Map.entry("signed", ColumnType.INT64),
                    Map.entry("unsigned", ColumnType.UINT64),
                    Map.entry("float64", ColumnType.FLOAT64),
                    Map.entry("float8", ColumnType.FLOAT64),
                    Map.entry("real", ColumnType.FLOAT64),
                    Map.entry("double", ColumnType.FLOAT64),
                    Map.entry("float", ColumnType.FLOAT64),
                    Map.entry("numeric", ColumnType.FLOAT64),
                    Map.entry("decimal", ColumnType.FLOAT64),
                    Map.entry("smallint", ColumnType.INT64),
                    Map.entry("int2", ColumnType.INT64),
                    Map.entry("int4", ColumnType.INT64),
                    Map.entry("bool", ColumnType.BOOL),
                    Map.entry("boolean", ColumnType.BOOL),
                    Map.entry("string", ColumnType.STRING),
                    Map.entry("varchar", ColumnType.STRING),
                    Map.entry("text", ColumnType.STRING),
                    Map.entry("char", ColumnType.STRING),
                    Map.entry("timestamp", ColumnType.TIMESTAMP),
                    Map.entry("timestamptz", ColumnType.TIMESTAMP),
                    Map.entry("datetime", ColumnType.TIMESTAMP));

    /// What to write for types that there are not.
    private static final Map<String, String> FOREIGN =
            Map.ofEntries(
                    Map.entry(
                            "time",
                            "the time of day is time - time_bucket('1d', time), in nanoseconds"),
                    Map.entry("number", "write float64 or int64"),
                    Map.entry("tinyint", "write int64"),
                    Map.entry("uuid", "write string"),
                    Map.entry("json", "write string"),
                    Map.entry("interval", "write INTERVAL '5 minutes', or 5m, beside a time"),
                    Map.entry("field", "a name is a tag or a field by itself"),
                    Map.entry("tag", "a name is a tag or a field by itself"));

    private CastBinder() {}

    static BoundExpression bind(Expression.Cast cast, BoundExpression operand) {
        ColumnType type = TYPES.get(cast.typeName().toLowerCase(Locale.ROOT));
        if (type == null) {
            List<String> names =
                    Arrays.stream(ColumnType.values()).map(ColumnType::sqlName).toList();
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    cast.position(),
                    "unknown type '"
                            + cast.typeName()
                            + "'; expected one of "
                            + String.join(", ", names)
                            + hint(cast.typeName(), names));
        }
        if (Coercion.isNull(operand)) {
            return new Constant(type, null);
        }
        if (operand.type() == type) {
            return operand;
        }
        if (type == ColumnType.TIMESTAMP && operand instanceof Constant(_, String text)) {
            return timestamp(text, cast);
        }
        if (type == ColumnType.TIMESTAMP
                && operand instanceof Constant(var from, Long nanos)
                && from == ColumnType.INT64) {
            return new Constant(type, nanos);
        }
        if (!isAllowed(operand.type(), type)) {
            throw Coercion.mismatch(
                    cast.position(),
                    "cannot cast " + operand.type().sqlName() + " to " + type.sqlName());
        }
        return new BoundExpression.Cast(operand, type, cast.tries(), new Place(cast.position()));
    }

    private static String hint(String typeName, List<String> names) {
        String foreign = FOREIGN.get(typeName.toLowerCase(Locale.ROOT));
        return foreign == null ? NearestName.hint(typeName, names) : "; " + foreign;
    }

    private static BoundExpression timestamp(String text, Expression.Cast cast) {
        OptionalLong time = TimestampText.parse(text);
        if (time.isPresent()) {
            return new Constant(ColumnType.TIMESTAMP, SessionZone.time(text, time.getAsLong()));
        }
        return cast.tries()
                ? new Constant(ColumnType.TIMESTAMP, null)
                : new BoundExpression.Failing(
                        ColumnType.TIMESTAMP,
                        TimestampText.refusal(text, cast.position()),
                        cast.position());
    }

    private static boolean isAllowed(ColumnType from, ColumnType to) {
        return switch (from) {
            case TIMESTAMP -> to == ColumnType.INT64 || to == ColumnType.STRING;
            case INT64 -> true;
            case UINT64, FLOAT64 -> to != ColumnType.TIMESTAMP;
            case BOOL -> to != ColumnType.TIMESTAMP;
            case STRING -> true;
        };
    }
}
