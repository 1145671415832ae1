package io.tsdb.query.evaluation;

import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.sql.NumberText;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;
import io.tsdb.storage.model.Uint64;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Casts. A value that the target type does not hold is an error, or null.
final class CastEvaluator implements Evaluator {
    private static final double INT64_LIMIT = 0x1p63;

    private final Evaluator operand;
    private final ColumnType from;
    private final ColumnType to;
    private final boolean tries;
    private final Position position;
    private final MemoryAccount memory;
    private final ColumnVector result;

    /// @param tries whether what does not fit becomes null
    /// @param memory for the texts of one batch
    CastEvaluator(
            Evaluator operand,
            ColumnType from,
            ColumnType to,
            boolean tries,
            Position position,
            MemoryAccount memory) {
        this.operand = operand;
        this.from = from;
        this.to = to;
        this.tries = tries;
        this.position = position;
        this.memory = memory;
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
            case INT64, UINT64, TIMESTAMP, BOOL -> toLong(values, count);
        }
        return result;
    }

    private void toDouble(ColumnVector values, int count) {
        double[] r = result.doubles();
        if (from != ColumnType.STRING) {
            long[] a = values.longs();
            for (int i = 0; i < count; i++) {
                r[i] = from == ColumnType.UINT64 ? Uint64.toDouble(a[i]) : a[i];
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                OptionalDouble number = NumberText.parseDouble(values.string(i));
                if (number.isPresent()) {
                    r[i] = number.getAsDouble();
                } else {
                    refuse(values, i);
                }
            }
        }
    }

    private void toLong(ColumnVector values, int count) {
        switch (from) {
            case INT64, TIMESTAMP, BOOL -> {
                if (to == ColumnType.UINT64) {
                    turned(values, count);
                    return;
                }
                long[] a = values.longs();
                long[] r = result.longs();
                for (int i = 0; i < count; i++) {
                    r[i] = to == ColumnType.BOOL ? (a[i] == 0 ? 0 : 1) : a[i];
                }
            }
            case UINT64 -> turned(values, count);
            case FLOAT64 -> wholes(values, count);
            case STRING -> parsed(values, count);
        }
    }

    /// From int64 to uint64 and back: what fits both has its highest bit at zero.
    private void turned(ColumnVector values, int count) {
        long[] a = values.longs();
        long[] r = result.longs();
        for (int i = 0; i < count; i++) {
            long number = from == ColumnType.UINT64 ? Uint64.fold(a[i]) : a[i];
            if (to == ColumnType.BOOL) {
                r[i] = number == 0 ? 0 : 1;
            } else if (number >= 0) {
                r[i] = to == ColumnType.UINT64 ? Uint64.fold(number) : number;
            } else if (values.isPresent(i)) {
                refuse(values, i);
            }
        }
    }

    private void unsignedWholes(ColumnVector values, int count) {
        for (int i = 0; i < count; i++) {
            OptionalLong whole = Uint64.ofDouble(Math.rint(values.doubles()[i]));
            if (whole.isPresent()) {
                result.longs()[i] = whole.getAsLong();
            } else if (values.isPresent(i)) {
                refuse(values, i);
            }
        }
    }

    private void wholes(ColumnVector values, int count) {
        if (to == ColumnType.UINT64) {
            unsignedWholes(values, count);
            return;
        }
        double[] a = values.doubles();
        long[] r = result.longs();
        for (int i = 0; i < count; i++) {
            double rounded = Math.rint(a[i]);
            if (to == ColumnType.BOOL) {
                r[i] = a[i] == 0 ? 0 : 1;
            } else if (rounded >= -INT64_LIMIT && rounded < INT64_LIMIT) {
                r[i] = (long) rounded;
            } else if (values.isPresent(i)) {
                refuse(values, i);
            }
        }
    }

    private void parsed(ColumnVector values, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                OptionalLong parsed = parsed(values.string(i));
                if (parsed.isPresent()) {
                    result.longs()[i] = parsed.getAsLong();
                } else {
                    refuse(values, i);
                }
            }
        }
    }

    private OptionalLong parsed(String text) {
        return switch (to) {
            case TIMESTAMP -> TimestampText.parse(text);
            case BOOL ->
                    switch (text.strip().toLowerCase(Locale.ROOT)) {
                        case "true", "t", "1" -> OptionalLong.of(1);
                        case "false", "f", "0" -> OptionalLong.of(0);
                        default -> OptionalLong.empty();
                    };
            case UINT64 -> NumberText.parseUnsigned(text);
            case INT64, FLOAT64, STRING -> NumberText.parseLong(text);
        };
    }

    private void refuse(ColumnVector values, int row) {
        if (tries) {
            result.setNull(row);
            return;
        }
        String value = text(values, row);
        throw new QueryException(
                QueryErrorCode.OUT_OF_RANGE,
                position,
                "cannot cast "
                        + (from == ColumnType.STRING ? "'" + value + "'" : value)
                        + " to "
                        + to.sqlName());
    }

    private void toText(ColumnVector values, int count) {
        memory.releaseAll();
        var texts = new StringDictionary(memory);
        texts.idOf("");
        for (int i = 0; i < count; i++) {
            result.ids()[i] = values.isPresent(i) ? texts.idOf(text(values, i)) : 0;
        }
        result.setDictionary(texts.values(), texts.size());
    }

    private String text(ColumnVector values, int row) {
        return switch (from) {
            case INT64 -> Long.toString(values.longs()[row]);
            case UINT64 -> Uint64.toText(values.longs()[row]);
            case FLOAT64 -> Double.toString(values.doubles()[row]);
            case BOOL -> values.longs()[row] != 0 ? "true" : "false";
            case TIMESTAMP -> ExpressionText.time(values.longs()[row]);
            case STRING -> values.string(row);
        };
    }
}
