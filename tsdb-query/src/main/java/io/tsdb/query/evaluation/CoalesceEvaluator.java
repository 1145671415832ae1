package io.tsdb.query.evaluation;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `coalesce` of values that may be errors: each is evaluated over those rows alone for which all
/// before it are null.
final class CoalesceEvaluator implements Evaluator {
    private final Evaluator[] values;
    private final PieceResult result;
    private final int[] open = new int[ColumnVector.ROWS_MAX];

    CoalesceEvaluator(Evaluator[] values, ColumnType type, MemoryAccount memory) {
        this.values = values;
        this.result = new PieceResult(type, memory);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        int openCount = rows.rowCount();
        for (int i = 0; i < openCount; i++) {
            open[i] = i;
        }
        result.begin();
        for (int i = 0; i < values.length && openCount > 0; i++) {
            result.write(values[i], rows, open, openCount);
            int left = 0;
            for (int j = 0; j < openCount; j++) {
                if (!result.isPresent(open[j])) {
                    open[left++] = open[j];
                }
            }
            openCount = left;
        }
        return result.finish();
    }
}
