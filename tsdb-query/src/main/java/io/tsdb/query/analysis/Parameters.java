package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Values that the caller gave for `:name` and `$name`. They are values only: nothing in them is
/// read as SQL.
public final class Parameters {
    private final Map<String, ? extends @Nullable Object> values;

    /// @param values by name, see `Session`
    public Parameters(Map<String, ? extends @Nullable Object> values) {
        this.values = values;
    }

    Constant value(Expression.Parameter parameter) {
        return constant(parameter, given(parameter));
    }

    /// The values of a parameter inside `IN (...)`, where a list stands for its elements.
    List<Constant> values(Expression.Parameter parameter) {
        Object value = given(parameter);
        return value instanceof List<?> list
                ? list.stream().map(element -> constant(parameter, element)).toList()
                : List.of(constant(parameter, value));
    }

    private @Nullable Object given(Expression.Parameter parameter) {
        if (!values.containsKey(parameter.name())) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_PARAMETER,
                    parameter.position(),
                    "no value was given for the parameter '"
                            + parameter.name()
                            + "'"
                            + NearestName.hint(parameter.name(), values.keySet()));
        }
        return values.get(parameter.name());
    }

    private static Constant constant(Expression.Parameter parameter, @Nullable Object value) {
        return switch (value) {
            case null -> new Constant(ColumnType.STRING, null);
            case String text -> new Constant(ColumnType.STRING, text);
            case Boolean bool -> new Constant(ColumnType.BOOL, bool);
            case Long number -> new Constant(ColumnType.INT64, number);
            case Integer number -> new Constant(ColumnType.INT64, number.longValue());
            case Short number -> new Constant(ColumnType.INT64, number.longValue());
            case Byte number -> new Constant(ColumnType.INT64, number.longValue());
            case BigInteger number when number.bitLength() < Long.SIZE ->
                    new Constant(ColumnType.INT64, number.longValue());
            case BigInteger number when Uint64.of(number).isPresent() ->
                    new Constant(ColumnType.UINT64, Uint64.of(number).getAsLong());
            case Double number -> new Constant(ColumnType.FLOAT64, number);
            case Float number -> new Constant(ColumnType.FLOAT64, number.doubleValue());
            case BigDecimal number -> new Constant(ColumnType.FLOAT64, number.doubleValue());
            case Instant instant ->
                    new Constant(
                            ColumnType.TIMESTAMP,
                            Coercion.timestamp(instant.toString(), parameter.position()));
            case List<?> _ ->
                    throw new QueryException(
                            QueryErrorCode.INVALID_VALUE,
                            parameter.position(),
                            "the value of the parameter '"
                                    + parameter.name()
                                    + "' is a list; it stands inside IN (:"
                                    + parameter.name()
                                    + ") alone");
            default ->
                    throw new QueryException(
                            QueryErrorCode.INVALID_VALUE,
                            parameter.position(),
                            "the value of the parameter '"
                                    + parameter.name()
                                    + "' has the type "
                                    + value.getClass().getSimpleName()
                                    + "; expected a text, number, bool, time or null");
        };
    }
}
