package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.And;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Conditions as lists of what must hold at once.
public final class Conjunctions {
    private Conjunctions() {}

    public static List<BoundExpression> split(@Nullable BoundExpression condition) {
        var parts = new ArrayList<BoundExpression>();
        if (condition != null) {
            collect(condition, parts);
        }
        return parts;
    }

    private static void collect(BoundExpression condition, List<BoundExpression> parts) {
        if (condition instanceof And(List<BoundExpression> operands)) {
            operands.forEach(operand -> collect(operand, parts));
        } else {
            parts.add(condition);
        }
    }

    /// A condition and one that counts where it holds.
    static BoundExpression both(BoundExpression first, BoundExpression second) {
        var parts = split(first);
        parts.addAll(split(second));
        return new And(List.copyOf(parts));
    }

    public static @Nullable BoundExpression join(List<BoundExpression> parts) {
        return switch (parts.size()) {
            case 0 -> null;
            case 1 -> parts.getFirst();
            default -> new And(List.copyOf(parts));
        };
    }
}
