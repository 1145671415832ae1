package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import java.util.List;
import java.util.Optional;

/// `to_timestamp(x)`: the time so many seconds after 1970-01-01 UTC, or that a text names;
/// `to_timestamp(text, pattern)`: that a text names by a [TimePattern].
public final class ToTimestampFunction implements ScalarFunction {
    private static final long SECOND = 1_000_000_000L;
    private static final List<ColumnType> BY_PATTERN =
            List.of(ColumnType.STRING, ColumnType.STRING);

    @Override
    public String name() {
        return "to_timestamp";
    }

    @Override
    public String usage() {
        return "to_timestamp(seconds | text[, 'YYYY-MM-DD HH24:MI:SS'])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        if (arguments.equals(BY_PATTERN)) {
            return Optional.of(new ScalarSignature(arguments, ColumnType.TIMESTAMP));
        }
        if (arguments.size() != 1) {
            return Optional.empty();
        }
        return switch (arguments.getFirst()) {
            case INT64, FLOAT64, STRING ->
                    Optional.of(new ScalarSignature(arguments, ColumnType.TIMESTAMP));
            case UINT64 ->
                    Optional.of(
                            new ScalarSignature(List.of(ColumnType.FLOAT64), ColumnType.TIMESTAMP));
            case TIMESTAMP, BOOL -> Optional.empty();
        };
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (arguments.length == 2) {
            byPattern(arguments, rowCount, result, site);
            return;
        }
        ColumnVector from = arguments[0];
        long[] times = result.longs();
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                times[i] =
                        switch (from.type()) {
                            case STRING -> ofText(from.string(i), site);
                            case FLOAT64 -> ofSeconds(from.doubles()[i], site);
                            default -> ofSeconds(from.longs()[i], site);
                        };
            }
        }
    }

    private static void byPattern(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        ColumnVector patterns = arguments[1];
        TimeReader reader = null;
        int id = -1;
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                if (reader == null || patterns.ids()[i] != id) {
                    id = patterns.ids()[i];
                    reader = new TimeReader(new TimePattern(patterns.string(i), site), site);
                }
                result.longs()[i] = reader.read(arguments[0].string(i));
            }
        }
    }

    private static long ofText(String text, CallSite site) {
        return TimestampText.parse(text)
                .orElseThrow(() -> TimestampText.refusal(text, site.position()));
    }

    private static long ofSeconds(long seconds, CallSite site) {
        long nanos = seconds * SECOND;
        if (Math.multiplyHigh(seconds, SECOND) != nanos >> 63) {
            throw outOfRange(Long.toString(seconds), site);
        }
        return nanos;
    }

    private static long ofSeconds(double seconds, CallSite site) {
        double whole = Math.floor(seconds);
        // NaN is out of range too
        boolean isHeld = whole >= -9_223_372_036.0 && whole < 9_223_372_036.0;
        if (!isHeld) {
            throw outOfRange(Double.toString(seconds), site);
        }
        return (long) whole * SECOND + Math.round((seconds - whole) * 1e9);
    }

    private static QueryException outOfRange(String seconds, CallSite site) {
        return site.error(
                QueryErrorCode.OUT_OF_RANGE,
                seconds
                        + " seconds pass the range of 1677-09-21 to 2262-04-11; milliseconds are"
                        + " divided: to_timestamp(x / 1000)");
    }
}
