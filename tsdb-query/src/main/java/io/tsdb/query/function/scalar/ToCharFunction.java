package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `to_char(time, pattern)`: a time as text, in UTC; see [TimePattern].
public final class ToCharFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.TIMESTAMP, ColumnType.STRING);

    @Override
    public String name() {
        return "to_char";
    }

    /// Since 2, months and days have their whole names.
    @Override
    public int version() {
        return 2;
    }

    @Override
    public String usage() {
        return "to_char(timestamp, 'YYYY-MM-DD HH24:MI:SS')";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.STRING);
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        ColumnVector patterns = arguments[1];
        var rows = new TextRows(rowCount, result);
        TimePattern pattern = null;
        int id = -1;
        for (int i = 0; i < rowCount; i++) {
            if (!result.isPresent(i)) {
                rows.put(i, null);
                continue;
            }
            if (pattern == null || patterns.ids()[i] != id) {
                id = patterns.ids()[i];
                pattern = new TimePattern(patterns.string(i), site);
            }
            site.reserveText(pattern.lengthMax());
            rows.put(i, pattern.format(arguments[0].longs()[i]));
        }
        rows.finish();
    }
}
