package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `AND` and `OR` of SQL: null where the operands that are known do not decide.
final class LogicEvaluator implements Evaluator {
    private final boolean isAnd;
    private final Evaluator[] operands;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    LogicEvaluator(boolean isAnd, Evaluator[] operands) {
        this.isAnd = isAnd;
        this.operands = operands;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        int count = rows.rowCount();
        ColumnVector first = operands[0].evaluate(rows);
        System.arraycopy(first.longs(), 0, result.longs(), 0, count);
        result.copyPresence(first);
        for (int i = 1; i < operands.length; i++) {
            combine(operands[i].evaluate(rows), count);
        }
        return result;
    }

    private void combine(ColumnVector next, int count) {
        long[] a = result.longs();
        long[] b = next.longs();
        if (!result.allPresent() || !next.allPresent()) {
            combineWithNulls(next, count);
        } else if (isAnd) {
            for (int i = 0; i < count; i++) {
                a[i] &= b[i];
            }
        } else {
            for (int i = 0; i < count; i++) {
                a[i] |= b[i];
            }
        }
    }

    private void combineWithNulls(ColumnVector next, int count) {
        long decides = isAnd ? 0 : 1;
        for (int i = 0; i < count; i++) {
            boolean knownBefore = result.isPresent(i);
            boolean knownNext = next.isPresent(i);
            boolean decided =
                    knownBefore && result.longs()[i] == decides
                            || knownNext && next.longs()[i] == decides;
            if (decided) {
                result.longs()[i] = decides;
                result.setPresent(i);
            } else if (knownBefore && knownNext) {
                result.longs()[i] = 1 - decides;
            } else {
                result.setNull(i);
            }
        }
    }
}
