package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.evaluation.SelectedRows;
import io.tsdb.query.plan.Conjunctions;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// The condition of a fragment on rows: asks the block's statistics first, then evaluates what they
/// leave open, part by part until no row is left. A part that may be an error is evaluated over the
/// rows alone that those before it kept.
final class RowFilter {
    private final Evaluator[] parts;
    private final @Nullable BlockVerdict[] verdicts;
    private final boolean[] isOpen;
    private final boolean[] mayFail;
    private final SelectedRows kept = new SelectedRows();

    RowFilter(@Nullable BoundExpression condition, ScanColumns columns, QueryMemory memory) {
        List<BoundExpression> split = Conjunctions.split(condition);
        parts = new EvaluatorCompiler(columns, memory).compileAllConditions(split);
        verdicts = new BlockVerdict[parts.length];
        for (int i = 0; i < parts.length; i++) {
            verdicts[i] = BlockVerdict.of(split.get(i), columns);
        }
        isOpen = new boolean[parts.length];
        mayFail = new boolean[parts.length];
        for (int i = 0; i < parts.length; i++) {
            mayFail[i] = ExpressionTree.mayFail(split.get(i));
        }
    }

    /// Selects the block's rows for which the condition is true.
    ///
    /// @return false when there are none; when all are, nothing is selected
    boolean apply(ScanRows rows) {
        boolean anyOpen = false;
        for (int i = 0; i < parts.length; i++) {
            BlockVerdict verdict = verdicts[i];
            BlockVerdict.Rows known =
                    verdict == null ? BlockVerdict.Rows.SOME : verdict.judge(rows);
            if (known == BlockVerdict.Rows.NONE) {
                return false;
            }
            isOpen[i] = known == BlockVerdict.Rows.SOME;
            anyOpen |= isOpen[i];
        }
        return !anyOpen || evaluate(rows);
    }

    /// Selects the rows of a window that has no statistics.
    ///
    /// @return false when there are none; when all are, nothing is selected
    boolean applyAll(SelectableRows rows) {
        Arrays.fill(isOpen, true);
        return parts.length == 0 || evaluate(rows);
    }

    private boolean evaluate(SelectableRows rows) {
        int[] selection = rows.selection();
        int count = rows.rowCount();
        int selected = -1;
        for (int i = 0; i < parts.length; i++) {
            if (!isOpen[i]) {
                continue;
            }
            if (selected < 0) {
                selected = parts[i].evaluate(rows).selectTrue(count, selection);
            } else if (mayFail[i] && selected < count) {
                kept.select(rows, selection, selected);
                selected = keepTrueOfKept(parts[i].evaluate(kept), selection, selected);
            } else {
                selected = keepTrue(parts[i].evaluate(rows), selection, selected);
            }
            if (selected == 0) {
                return false;
            }
        }
        if (selected < count) {
            rows.select(selected);
        }
        return true;
    }

    private static int keepTrueOfKept(ColumnVector outcome, int[] selection, int count) {
        long[] values = outcome.longs();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (values[i] != 0 && outcome.isPresent(i)) {
                selection[kept++] = selection[i];
            }
        }
        return kept;
    }

    private static int keepTrue(ColumnVector outcome, int[] selection, int count) {
        long[] values = outcome.longs();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int row = selection[i];
            if (values[row] != 0 && outcome.isPresent(row)) {
                selection[kept++] = row;
            }
        }
        return kept;
    }
}
