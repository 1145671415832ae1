package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// One side of a join passes by the stored rows of the other. One thread.
final class JoinProbe {
    private final RowStore stored;
    private final BatchSource passing;
    private final QueryControl control;
    private final JoinTable table;
    private final Evaluator[] keys;
    private final ColumnVector[] keyValues;
    private final @Nullable Evaluator residual;
    private final boolean keepsPassing;
    private final boolean keepsStored;
    private final JoinedBatch joined;
    private final ColumnBatch selected;
    private final BatchWindow window = new BatchWindow();
    private final int[] chains = new int[ColumnVector.ROWS_MAX];
    private final int[] passingRows = new int[ColumnVector.ROWS_MAX];
    private final int[] storedRows = new int[ColumnVector.ROWS_MAX];
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private final long[] isPassingMatched = new long[ColumnVector.PRESENCE_WORDS];
    private final long[] isStoredMatched;
    private @Nullable ColumnBatch batch;
    private int row;
    private boolean isInChain;
    private int link = -1;
    private int storedDone;

    /// @param storesLeft whether the stored rows are those of the left side
    JoinProbe(
            Plan.Join plan,
            boolean storesLeft,
            RowStore stored,
            BatchSource passing,
            QueryControl control) {
        this.stored = stored;
        this.passing = passing;
        this.control = control;
        List<BoundExpression> leftKeys = plan.keys().stream().map(JoinKey::left).toList();
        List<BoundExpression> rightKeys = plan.keys().stream().map(JoinKey::right).toList();
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        this.table = new JoinTable(stored, storesLeft ? leftKeys : rightKeys, control);
        this.keys = compiler.compileAll(storesLeft ? rightKeys : leftKeys);
        this.keyValues = new ColumnVector[keys.length];
        BoundExpression condition = plan.residual();
        this.residual = condition == null ? null : compiler.compileCondition(condition);
        this.keepsPassing = storesLeft ? plan.kind().keepsRight() : plan.kind().keepsLeft();
        this.keepsStored = storesLeft ? plan.kind().keepsLeft() : plan.kind().keepsRight();
        List<ColumnType> types = plan.types();
        MemoryAccount memory = control.memory().account();
        memory.reserve(ColumnBatch.memoryBytes(types.size()) * (condition == null ? 1 : 2));
        this.joined =
                new JoinedBatch(
                        types, storesLeft ? 0 : plan.left().types().size(), stored.types().size());
        this.selected = new ColumnBatch(condition == null ? List.of() : types);
        int words = keepsStored ? (stored.size() + 63) >>> 6 : 0;
        memory.reserve((long) words * Long.BYTES);
        this.isStoredMatched = new long[words];
    }

    /// The next rows, null at the end.
    @Nullable ColumnBatch next() {
        if (stored.size() == 0 && !keepsPassing) {
            return null;
        }
        while (true) {
            ColumnBatch rows = batch;
            if (rows == null) {
                rows = passing.next();
                if (rows == null) {
                    return keepsStored ? storedWithoutMatch() : null;
                }
                begin(rows);
            }
            int count = pairs(rows.rowCount());
            if (count > 0) {
                ColumnBatch matches = matches(rows, count);
                if (matches != null) {
                    return matches;
                }
            } else {
                batch = null;
                int left = keepsPassing ? passingWithoutMatch(rows.rowCount()) : 0;
                if (left > 0) {
                    return joined.passingAlone(rows, selection, left);
                }
            }
        }
    }

    private void begin(ColumnBatch rows) {
        batch = rows;
        window.set(rows);
        for (int i = 0; i < keys.length; i++) {
            keyValues[i] = keys[i].evaluate(window);
        }
        table.find(keyValues, rows.rowCount(), chains);
        row = 0;
        isInChain = false;
        Arrays.fill(isPassingMatched, 0);
    }

    /// The next pairs of rows with equal keys.
    ///
    /// @return how many; 0 when the batch is done
    private int pairs(int rowCount) {
        control.check();
        int count = 0;
        while (row < rowCount && count < passingRows.length) {
            if (!isInChain) {
                int chain = chains[row];
                link = chain < 0 ? -1 : table.first(chain);
                isInChain = true;
            }
            while (link >= 0 && count < passingRows.length) {
                passingRows[count] = row;
                storedRows[count++] = link;
                link = table.next(link);
            }
            if (link < 0) {
                row++;
                isInChain = false;
            }
        }
        return count;
    }

    private @Nullable ColumnBatch matches(ColumnBatch rows, int count) {
        ColumnBatch pairs = joined.both(rows, passingRows, stored, storedRows, count);
        Evaluator condition = residual;
        if (condition == null) {
            mark(null, count);
            return pairs;
        }
        window.set(pairs);
        int matching = condition.evaluate(window).selectTrue(count, selection);
        mark(selection, matching);
        if (matching == count) {
            return pairs;
        }
        if (matching == 0) {
            return null;
        }
        selected.gather(pairs, selection, matching);
        return selected;
    }

    /// @param of which pairs match; null for all
    private void mark(int @Nullable [] of, int count) {
        if (keepsPassing) {
            for (int i = 0; i < count; i++) {
                int matched = passingRows[of == null ? i : of[i]];
                isPassingMatched[matched >>> 6] |= 1L << matched;
            }
        }
        if (keepsStored) {
            for (int i = 0; i < count; i++) {
                int matched = storedRows[of == null ? i : of[i]];
                isStoredMatched[matched >>> 6] |= 1L << matched;
            }
        }
    }

    private int passingWithoutMatch(int rowCount) {
        int count = 0;
        for (int i = 0; i < rowCount; i++) {
            selection[count] = i;
            count += (int) (~isPassingMatched[i >>> 6] >>> i & 1);
        }
        return count;
    }

    private @Nullable ColumnBatch storedWithoutMatch() {
        control.check();
        int count = 0;
        while (storedDone < stored.size() && count < storedRows.length) {
            storedRows[count] = storedDone;
            count += (int) (~isStoredMatched[storedDone >>> 6] >>> storedDone & 1);
            storedDone++;
        }
        return count == 0 ? null : joined.storedAlone(stored, storedRows, count);
    }
}
