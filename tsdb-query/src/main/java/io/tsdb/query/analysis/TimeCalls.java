package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.function.scalar.ScalarSignature;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Position;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Calls of functions of times: those that are short for others, and those that see a time by the
/// clocks of the session's zone.
final class TimeCalls {
    private static final long NANOS_PER_DAY = 86_400_000_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;

    private TimeCalls() {}

    static BoundExpression bind(
            ScalarFunction function,
            List<BoundExpression> arguments,
            Position position,
            ExpressionBinder expressions) {
        Optional<WallClock> session = SessionZone.clock();
        return switch (function.name()) {
            case "date_part" -> {
                boolean isEpoch =
                        arguments.size() == 2
                                && arguments.getFirst() instanceof Constant(_, String part)
                                && part.equalsIgnoreCase("epoch");
                yield isEpoch
                        ? epoch(arguments.get(1), position)
                        : seen(function, arguments, position, expressions);
            }
            case "epoch" ->
                    arguments.size() == 1
                            ? epoch(arguments.getFirst(), position)
                            : CallBinder.scalar(function, arguments, position);
            case "to_char" -> seen(function, arguments, position, expressions);
            case "age" ->
                    seen(
                            function,
                            arguments.size() == 1
                                    ? List.of(midnight(expressions), arguments.getFirst())
                                    : arguments,
                            position,
                            expressions);
            case "add_months" -> {
                List<BoundExpression> timed = withTimes(function, arguments, position);
                yield timed.isEmpty()
                        ? CallBinder.scalar(function, timed, position)
                        : inZone(
                                function,
                                timed,
                                position,
                                SessionZone.of(timed.getFirst(), expressions.scope()).orElse(null));
            }
            case "to_timestamp" -> read(function, arguments, position, session);
            // not computed beforehand: a constant would not say whose clocks show it
            case "to_timezone" -> {
                BoundExpression shown = CallBinder.scalar(function, arguments, position);
                yield session.isPresent() && shown instanceof Constant
                        ? unfolded(function, arguments, position)
                        : shown;
            }
            default -> CallBinder.scalar(function, arguments, position);
        };
    }

    /// Seconds since 1970, or those between two times.
    private static BoundExpression epoch(BoundExpression of, Position position) {
        if (of
                        instanceof
                        BoundExpression.Arithmetic(
                                ArithmeticOperator operator,
                                BoundExpression left,
                                BoundExpression right,
                                _,
                                _)
                && operator == ArithmeticOperator.SUBTRACT
                && isTime(left)
                && isTime(right)) {
            return new BoundExpression.Arithmetic(
                    ArithmeticOperator.DIVIDE,
                    new BoundExpression.Cast(of, ColumnType.FLOAT64, false, new Place(position)),
                    new Constant(ColumnType.FLOAT64, NANOS_PER_SECOND),
                    ColumnType.FLOAT64,
                    new Place(position));
        }
        return CallBinder.scalar(Functions.scalar("epoch").orElseThrow(), List.of(of), position);
    }

    /// As in PostgreSQL, `age(time)` counts from the midnight before now on.
    private static Constant midnight(ExpressionBinder expressions) {
        long now = expressions.nowNanos();
        long shown = SessionZone.clock().map(clock -> clock.toLocal(now)).orElse(now);
        long start = shown - Math.floorMod(shown, NANOS_PER_DAY);
        return new Constant(ColumnType.TIMESTAMP, SessionZone.time(start));
    }

    /// A call with times as the session's clocks show them.
    private static BoundExpression seen(
            ScalarFunction function,
            List<BoundExpression> arguments,
            Position position,
            ExpressionBinder expressions) {
        var seen = new ArrayList<BoundExpression>();
        for (BoundExpression argument : withTimes(function, arguments, position)) {
            Optional<WallClock> clock = SessionZone.of(argument, expressions.scope());
            seen.add(
                    clock.isPresent() && isTime(argument)
                            ? shown(argument, clock.get(), position)
                            : argument);
        }
        return CallBinder.scalar(function, seen, position);
    }

    /// The arguments, texts in the place of times as these.
    private static List<BoundExpression> withTimes(
            ScalarFunction function, List<BoundExpression> arguments, Position position) {
        Optional<ScalarSignature> signature =
                function.resolve(arguments.stream().map(BoundExpression::type).toList());
        if (signature.isEmpty()) {
            return arguments;
        }
        List<ColumnType> types = signature.get().arguments();
        var all = new ArrayList<>(arguments);
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) == ColumnType.TIMESTAMP) {
                BoundExpression one = all.get(i);
                all.set(i, Coercion.to(one, ColumnType.TIMESTAMP, position).orElse(one));
            }
        }
        return all;
    }

    private static boolean isTime(BoundExpression argument) {
        return argument.type() == ColumnType.TIMESTAMP && !Coercion.isNull(argument);
    }

    /// What a function of a time and more gives, computed of what a clock shows and taken back.
    ///
    /// @param clock null for UTC
    static BoundExpression inZone(
            ScalarFunction function,
            List<BoundExpression> arguments,
            Position position,
            @Nullable WallClock clock) {
        if (clock == null || !isTime(arguments.getFirst())) {
            return CallBinder.scalar(function, arguments, position);
        }
        var seen = new ArrayList<>(arguments);
        seen.set(0, shown(arguments.getFirst(), clock, position));
        return meant(CallBinder.scalar(function, seen, position), clock, position);
    }

    /// A text is a time of the session's zone, unless it names its own.
    private static BoundExpression read(
            ScalarFunction function,
            List<BoundExpression> arguments,
            Position position,
            Optional<WallClock> session) {
        BoundExpression time = CallBinder.scalar(function, arguments, position);
        if (session.isPresent() && arguments.size() == 2) {
            return meant(time, session.get(), position);
        }
        if (session.isEmpty()
                || !(time instanceof Constant(_, Long nanos))
                || !(arguments.getFirst() instanceof Constant(_, String text))) {
            return time;
        }
        return new Constant(ColumnType.TIMESTAMP, SessionZone.time(text, nanos));
    }

    private static BoundExpression shown(BoundExpression time, WallClock clock, Position position) {
        return CallBinder.scalar(
                Functions.scalar("to_timezone").orElseThrow(),
                List.of(time, zone(clock)),
                position);
    }

    private static BoundExpression meant(
            BoundExpression local, WallClock clock, Position position) {
        return CallBinder.scalar(
                Functions.scalar("to_utc").orElseThrow(), List.of(local, zone(clock)), position);
    }

    private static Constant zone(WallClock clock) {
        return new Constant(ColumnType.STRING, clock.zone().getId());
    }

    private static Call unfolded(
            ScalarFunction function, List<BoundExpression> arguments, Position position) {
        List<BoundExpression> typed =
                List.of(
                        Coercion.to(arguments.getFirst(), ColumnType.TIMESTAMP, position)
                                .orElseThrow(),
                        arguments.get(1));
        return new Call(function, typed, ColumnType.TIMESTAMP, new Place(position));
    }
}
