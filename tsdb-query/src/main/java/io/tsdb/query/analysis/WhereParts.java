package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ComparisonOperator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// What the conditions of a `WHERE`, all of which must hold, say about a time and about keys.
final class WhereParts {
    private final BoundExpression time;
    private final List<BoundExpression> others = new ArrayList<>();
    private @Nullable Long fromNanos;
    private @Nullable Long toNanos;

    /// @param time that bounds are looked for of
    WhereParts(@Nullable BoundExpression where, BoundExpression time) {
        this.time = time;
        if (where != null) {
            add(where);
        }
    }

    private void add(BoundExpression condition) {
        if (condition instanceof And(List<BoundExpression> operands)) {
            operands.forEach(this::add);
        } else if (condition instanceof Comparison(var operator, var left, Constant(_, Long bound))
                && left.equals(time)
                && operator != ComparisonOperator.NOT_EQUAL) {
            narrow(operator, bound);
        } else {
            others.add(condition);
        }
    }

    private void narrow(ComparisonOperator operator, long bound) {
        long after = bound == Long.MAX_VALUE ? bound : bound + 1;
        switch (operator) {
            case EQUAL -> {
                from(bound);
                to(after);
            }
            case LESS -> to(bound);
            case LESS_OR_EQUAL -> to(after);
            case GREATER -> from(after);
            case GREATER_OR_EQUAL -> from(bound);
            case NOT_EQUAL -> throw new IllegalStateException("BUG: no bound");
        }
    }

    private void from(long nanos) {
        fromNanos = fromNanos == null ? nanos : Math.max(fromNanos, nanos);
    }

    private void to(long nanos) {
        toNanos = toNanos == null ? nanos : Math.min(toNanos, nanos);
    }

    /// First time that the conditions allow; null when there is none.
    @Nullable Long fromNanos() {
        return fromNanos;
    }

    /// First time behind those that the conditions allow; null when there is none.
    @Nullable Long toNanos() {
        return toNanos;
    }

    /// The conditions with another range of time.
    BoundExpression during(long from, long to) {
        var parts = new ArrayList<>(others);
        parts.add(
                new Comparison(
                        ComparisonOperator.GREATER_OR_EQUAL,
                        time,
                        new Constant(ColumnType.TIMESTAMP, from)));
        parts.add(
                new Comparison(
                        ComparisonOperator.LESS, time, new Constant(ColumnType.TIMESTAMP, to)));
        return new And(parts);
    }

    /// Values that a key can have because a condition lists them; empty when none does, or another
    /// condition on the key may rule some of them out.
    Optional<List<Constant>> listed(BoundExpression key) {
        LinkedHashSet<Constant> values = null;
        for (BoundExpression condition : others) {
            List<Constant> these = list(condition, key);
            if (these == null) {
                if (reads(condition, key)) {
                    return Optional.empty();
                }
            } else if (values == null) {
                values = new LinkedHashSet<>(these);
            } else {
                values.retainAll(these);
            }
        }
        return Optional.ofNullable(values)
                .map(known -> known.stream().filter(c -> c.value() != null).toList());
    }

    private static @Nullable List<Constant> list(BoundExpression condition, BoundExpression key) {
        if (condition instanceof InList(var operand, var values, boolean negated)
                && !negated
                && operand.equals(key)) {
            return values;
        }
        return condition instanceof Comparison(var operator, var left, Constant value)
                        && operator == ComparisonOperator.EQUAL
                        && left.equals(key)
                ? List.of(value)
                : null;
    }

    private static boolean reads(BoundExpression condition, BoundExpression key) {
        return condition.equals(key)
                || ExpressionTree.children(condition).stream().anyMatch(c -> reads(c, key));
    }
}
