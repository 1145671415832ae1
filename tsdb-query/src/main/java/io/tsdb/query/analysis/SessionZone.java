package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.TimestampText;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Supplier;

/// The time zone of the session whose statement is resolved, for the thread that does it: times in
/// texts that name no zone are what its clocks show, days and months begin as they say. Where it is
/// UTC, nothing is converted.
final class SessionZone {
    private static final ScopedValue<WallClock> CLOCK = ScopedValue.newInstance();

    private SessionZone() {}

    /// Resolves something of a session.
    static <R> R in(ZoneId zone, Supplier<R> resolving) {
        return zone.normalized().equals(ZoneOffset.UTC)
                ? resolving.get()
                : ScopedValue.where(CLOCK, new WallClock(zone)).call(resolving::get);
    }

    /// Empty in UTC.
    static Optional<WallClock> clock() {
        return CLOCK.isBound() ? Optional.of(CLOCK.get()) : Optional.empty();
    }

    /// The zone that an expression's times are to be seen from: none in UTC, and none for what the
    /// clocks of a zone show already.
    static Optional<WallClock> of(BoundExpression time, Scope scope) {
        return clock().filter(_ -> !isLocal(time, scope));
    }

    /// What a text that was read as UTC means.
    static long time(String text, long utcNanos) {
        return TimestampText.namesZone(text) ? utcNanos : time(utcNanos);
    }

    /// When the clocks show this.
    static long time(long localNanos) {
        return clock().map(clock -> clock.toTime(localNanos)).orElse(localNanos);
    }

    /// Whether an expression is what the clocks of some zone show, and not when: `AT TIME ZONE`,
    /// and what is computed or selected of that. False in UTC, where nothing is converted.
    static boolean isLocal(BoundExpression expression, Scope scope) {
        if (!CLOCK.isBound() || expression.type() != ColumnType.TIMESTAMP) {
            return false;
        }
        return switch (expression) {
            case BoundExpression.Call(var function, _, _, _)
                    when function.name().equals("to_timezone") ->
                    true;
            case BoundExpression.Call(var function, _, _, _)
                    when function.name().equals("to_utc") ->
                    false;
            case BoundExpression.Input input -> scope.isLocal(input);
            default ->
                    ExpressionTree.children(expression).stream()
                            .anyMatch(child -> isLocal(child, scope));
        };
    }
}
