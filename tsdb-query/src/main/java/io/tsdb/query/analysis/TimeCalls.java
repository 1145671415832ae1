package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.sql.Position;

import java.util.List;

/// Calls of functions of times that are short for others.
final class TimeCalls {
    private static final long NANOS_PER_DAY = 86_400_000_000_000L;

    private TimeCalls() {}

    /// @param nowNanos what `now()` is
    static BoundExpression bind(
            ScalarFunction function,
            List<BoundExpression> arguments,
            Position position,
            long nowNanos) {
        boolean isEpoch =
                function.name().equals("date_part")
                        && arguments.size() == 2
                        && arguments.getFirst() instanceof Constant(_, String part)
                        && part.equalsIgnoreCase("epoch");
        if (isEpoch) {
            return CallBinder.scalar(
                    Functions.scalar("epoch").orElseThrow(), List.of(arguments.get(1)), position);
        }
        if (function.name().equals("age") && arguments.size() == 1) {
            // as in PostgreSQL, from the midnight before now on
            long midnight = nowNanos - Math.floorMod(nowNanos, NANOS_PER_DAY);
            return CallBinder.scalar(
                    function,
                    List.of(new Constant(ColumnType.TIMESTAMP, midnight), arguments.getFirst()),
                    position);
        }
        return CallBinder.scalar(function, arguments, position);
    }
}
