package io.tsdb.query.evaluation;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `IN` a list of constants. With a null in the list, what is not found is null.
final class InListEvaluator implements Evaluator {
    private final Evaluator operand;
    private final ColumnType type;
    private final boolean hasNull;
    private final boolean negated;
    private final long[] sorted;
    private final Set<Object> texts;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    /// @param values not null, of the operand's type
    InListEvaluator(
            Evaluator operand,
            ColumnType type,
            List<Object> values,
            boolean hasNull,
            boolean negated,
            MemoryAccount memory) {
        this.type = type;
        this.hasNull = hasNull;
        this.negated = negated;
        // an entry of a set with its node, a long in the array
        memory.reserve(values.size() * (type == ColumnType.STRING ? 56L : Long.BYTES));
        this.texts = type == ColumnType.STRING ? new HashSet<>(values) : Set.of();
        this.sorted =
                type == ColumnType.STRING
                        ? new long[0]
                        : values.stream().mapToLong(InListEvaluator::bits).sorted().toArray();
        this.operand =
                type == ColumnType.STRING
                        ? new TextTestEvaluator(operand, texts::contains, false, memory)
                        : operand;
    }

    private static long bits(Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> bits(number.doubleValue());
            case Boolean bool -> bool ? 1 : 0;
            default -> throw new IllegalStateException("BUG: constant " + value);
        };
    }

    /// Equal doubles, NaN and the zeros included, have equal bits.
    private static long bits(double value) {
        return Double.doubleToLongBits(value + 0.0);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        result.copyPresence(values);
        for (int i = 0; i < rows.rowCount(); i++) {
            boolean found =
                    switch (type) {
                        case STRING -> values.longs()[i] != 0;
                        case FLOAT64 -> Arrays.binarySearch(sorted, bits(values.doubles()[i])) >= 0;
                        case INT64, UINT64, TIMESTAMP, BOOL ->
                                Arrays.binarySearch(sorted, values.longs()[i]) >= 0;
                    };
            if (!found && hasNull) {
                result.setNull(i);
            }
            result.longs()[i] = found != negated ? 1 : 0;
        }
        return result;
    }
}
