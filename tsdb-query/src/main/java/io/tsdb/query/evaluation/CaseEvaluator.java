package io.tsdb.query.evaluation;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `CASE`: each condition is evaluated over the rows that those before it left open, each result
/// over the rows that chose it.
final class CaseEvaluator implements Evaluator {
    private final Evaluator[] conditions;
    private final Evaluator[] results;
    private final SelectedRows part = new SelectedRows();
    private final PieceResult result;
    private final int[] open = new int[ColumnVector.ROWS_MAX];
    private final int[] chosen = new int[ColumnVector.ROWS_MAX];
    private final int[] picks = new int[ColumnVector.ROWS_MAX];

    /// @param results one more than conditions
    CaseEvaluator(
            Evaluator[] conditions, Evaluator[] results, ColumnType type, MemoryAccount memory) {
        this.conditions = conditions;
        this.results = results;
        this.result = new PieceResult(type, memory);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        begin(rows.rowCount());
        int openCount = rows.rowCount();
        for (int i = 0; i < conditions.length && openCount > 0; i++) {
            part.select(rows, open, openCount);
            ColumnVector holds = conditions[i].evaluate(part);
            int chosenCount = holds.selectTrue(openCount, picks);
            if (chosenCount == 0) {
                continue;
            }
            for (int j = 0; j < chosenCount; j++) {
                chosen[j] = open[picks[j]];
            }
            openCount = without(openCount, chosenCount);
            result.write(results[i], rows, chosen, chosenCount);
        }
        if (openCount > 0) {
            result.write(results[conditions.length], rows, open, openCount);
        }
        return result.finish();
    }

    private void begin(int rowCount) {
        for (int i = 0; i < rowCount; i++) {
            open[i] = i;
        }
        result.begin();
    }

    /// Drops the picked rows from those that are open.
    private int without(int openCount, int pickCount) {
        int kept = 0;
        int pick = 0;
        for (int i = 0; i < openCount; i++) {
            if (pick < pickCount && picks[pick] == i) {
                pick++;
            } else {
                open[kept++] = open[i];
            }
        }
        return kept;
    }
}
