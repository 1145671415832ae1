package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `AND` and `OR` of SQL: null where the operands that are known do not decide.
///
/// An operand that may be an error is evaluated over those rows alone that the operands before it
/// leave open.
final class LogicEvaluator implements Evaluator {
    private final boolean isAnd;
    private final boolean unknownIsFalse;
    private final Evaluator[] operands;
    private final boolean[] mayFail;
    private final SelectedRows open = new SelectedRows();
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    /// @param unknownIsFalse whether nobody asks which of both a row is: an `AND` that cannot
    ///   become true any more is decided then
    LogicEvaluator(boolean isAnd, boolean unknownIsFalse, Evaluator[] operands, boolean[] mayFail) {
        this.isAnd = isAnd;
        this.unknownIsFalse = unknownIsFalse;
        this.operands = operands;
        this.mayFail = mayFail;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        int count = rows.rowCount();
        ColumnVector first = operands[0].evaluate(rows);
        System.arraycopy(first.longs(), 0, result.longs(), 0, count);
        result.copyPresence(first);
        for (int i = 1; i < operands.length; i++) {
            if (mayFail[i]) {
                combineOpen(operands[i], rows, count);
            } else {
                combine(operands[i].evaluate(rows), count);
            }
        }
        return result;
    }

    private void combineOpen(Evaluator operand, RowWindow rows, int count) {
        long decides = isAnd ? 0 : 1;
        int openCount = 0;
        for (int i = 0; i < count; i++) {
            if (result.isPresent(i) ? result.longs()[i] != decides : !(isAnd && unknownIsFalse)) {
                selection[openCount++] = i;
            }
        }
        if (openCount == count) {
            combine(operand.evaluate(rows), count);
        } else if (openCount > 0) {
            open.select(rows, selection, openCount);
            ColumnVector next = operand.evaluate(open);
            for (int i = 0; i < openCount; i++) {
                combineRow(selection[i], next, i);
            }
        }
    }

    private void combine(ColumnVector next, int count) {
        long[] a = result.longs();
        long[] b = next.longs();
        if (!result.allPresent() || !next.allPresent()) {
            for (int i = 0; i < count; i++) {
                combineRow(i, next, i);
            }
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

    private void combineRow(int row, ColumnVector next, int nextRow) {
        long decides = isAnd ? 0 : 1;
        boolean knownBefore = result.isPresent(row);
        boolean knownNext = next.isPresent(nextRow);
        boolean decided =
                knownBefore && result.longs()[row] == decides
                        || knownNext && next.longs()[nextRow] == decides;
        if (decided) {
            result.longs()[row] = decides;
            result.setPresent(row);
        } else if (knownBefore && knownNext) {
            result.longs()[row] = 1 - decides;
        } else {
            result.setNull(row);
        }
    }
}
