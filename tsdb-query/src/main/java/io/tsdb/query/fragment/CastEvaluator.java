package io.tsdb.query.fragment;

import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import java.util.Locale;
import java.util.OptionalLong;

/// Casts. A value that the target type does not hold is an error.
final class CastEvaluator implements Evaluator {
    private static final double INT64_LIMIT = 0x1p63;

    private final Evaluator operand;
    private final ColumnType from;
    private final ColumnType to;
    private final Position position;
    private final ColumnVector result;

    CastEvaluator(Evaluator operand, ColumnType from, ColumnType to, Position position) {
        this.operand = operand;
        this.from = from;
        this.to = to;
        this.position = position;
        this.result = new ColumnVector(to);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        result.copyPresence(values);
        int count = rows.rowCount();
        switch (to) {
            case FLOAT64 -> toDouble(values, count);
            case STRING -> toText(values, count);
            case INT64, TIMESTAMP, BOOL -> toLong(values, count);
        }
        return result;
    }

    private void toDouble(ColumnVector values, int count) {
        double[] r = result.doubles();
        if (from != ColumnType.STRING) {
            long[] a = values.longs();
            for (int i = 0; i < count; i++) {
                r[i] = a[i];
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                r[i] = number(values.string(i));
            }
        }
    }

    private double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException _) {
            throw refused("'" + text + "'");
        }
    }

    private void toLong(ColumnVector values, int count) {
        long[] r = result.longs();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                r[i] =
                        switch (from) {
                            case FLOAT64 -> whole(values.doubles()[i]);
                            case STRING -> parsed(values.string(i));
                            case INT64, TIMESTAMP, BOOL -> values.longs()[i];
                        };
                if (to == ColumnType.BOOL && r[i] != 0) {
                    r[i] = 1;
                }
            }
        }
    }

    private long whole(double value) {
        if (to == ColumnType.BOOL) {
            return value == 0 ? 0 : 1;
        }
        double rounded = Math.rint(value);
        if (rounded >= -INT64_LIMIT && rounded < INT64_LIMIT) {
            return (long) rounded;
        }
        throw refused(Double.toString(value));
    }

    private long parsed(String text) {
        try {
            return switch (to) {
                case TIMESTAMP -> {
                    OptionalLong time = TimestampText.parse(text);
                    if (time.isEmpty()) {
                        throw refused("'" + text + "'");
                    }
                    yield time.getAsLong();
                }
                case BOOL ->
                        switch (text.strip().toLowerCase(Locale.ROOT)) {
                            case "true", "t", "1" -> 1;
                            case "false", "f", "0" -> 0;
                            default -> throw refused("'" + text + "'");
                        };
                case INT64, FLOAT64, STRING -> Long.parseLong(text.strip());
            };
        } catch (NumberFormatException _) {
            throw refused("'" + text + "'");
        }
    }

    private QueryException refused(String value) {
        return new QueryException(
                QueryErrorCode.OUT_OF_RANGE,
                position,
                "cannot cast " + value + " to " + to.sqlName());
    }

    private void toText(ColumnVector values, int count) {
        var texts = new StringDictionary();
        texts.idOf("");
        for (int i = 0; i < count; i++) {
            result.ids()[i] = values.isPresent(i) ? texts.idOf(text(values, i)) : 0;
        }
        result.setDictionary(texts.values(), texts.size());
    }

    private String text(ColumnVector values, int row) {
        return switch (from) {
            case INT64 -> Long.toString(values.longs()[row]);
            case FLOAT64 -> Double.toString(values.doubles()[row]);
            case BOOL -> values.longs()[row] != 0 ? "true" : "false";
            case TIMESTAMP -> ExpressionText.time(values.longs()[row]);
            case STRING -> values.string(row);
        };
    }
}
