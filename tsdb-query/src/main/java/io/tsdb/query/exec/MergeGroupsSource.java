package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.rows.GroupKeys;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Merges the partial groups of all shards, then finishes them.
final class MergeGroupsSource implements BatchSource {
    private final PartialResults results;
    private final QueryControl control;
    private final List<Aggregate> aggregates;
    private final int keyCount;
    private final Accumulator[] accumulators;
    private final ColumnVector[][] states;
    private final ColumnVector[] keys;
    private final GroupKeys groups;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private final ColumnBatch output;
    private boolean isMerged;
    private int written;

    MergeGroupsSource(Plan.MergeGroups plan, PartialResults results, QueryControl control) {
        Fragment.Groups fragment = plan.fragment();
        this.results = results;
        this.control = control;
        this.aggregates = fragment.aggregates();
        this.keyCount = fragment.keys().size();
        this.keys = new ColumnVector[keyCount];
        this.groups =
                new GroupKeys(
                        fragment.keys().stream().map(BoundExpression::type).toList(),
                        control.memory().account());
        this.accumulators = new Accumulator[aggregates.size()];
        this.states = new ColumnVector[aggregates.size()][];
        for (int i = 0; i < accumulators.length; i++) {
            Aggregate aggregate = aggregates.get(i);
            var type = aggregate.argument().type();
            accumulators[i] = aggregate.function().accumulator(type, control.memory().account());
            states[i] = new ColumnVector[aggregate.function().stateTypes(type).size()];
        }
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isMerged) {
            isMerged = true;
            merge();
        }
        int count = Math.min(ColumnVector.ROWS_MAX, groups.size() - written);
        if (count <= 0) {
            return null;
        }
        control.check();
        for (int i = 0; i < keyCount; i++) {
            keys[i] = output.column(i);
        }
        groups.write(written, count, keys);
        for (int i = 0; i < accumulators.length; i++) {
            accumulators[i].writeResult(
                    written,
                    count,
                    output.column(keyCount + i),
                    aggregates.get(i).place().position());
        }
        output.setRowCount(count);
        written += count;
        return output;
    }

    private void merge() {
        ColumnBatch batch = results.next();
        while (batch != null) {
            merge(batch);
            batch = results.next();
        }
        if (keyCount == 0 && groups.size() == 0) {
            // one group of no rows
            groups.slots(keys, 1, slots);
            ensureSlots();
        }
    }

    private void merge(ColumnBatch batch) {
        for (int i = 0; i < keyCount; i++) {
            keys[i] = batch.column(i);
        }
        groups.slots(keys, batch.rowCount(), slots);
        ensureSlots();
        int at = keyCount;
        for (int i = 0; i < accumulators.length; i++) {
            for (int j = 0; j < states[i].length; j++) {
                states[i][j] = batch.column(at++);
            }
            accumulators[i].mergeState(slots, states[i], batch.rowCount());
        }
        control.checkGroups(groups.size());
    }

    private void ensureSlots() {
        for (Accumulator accumulator : accumulators) {
            accumulator.ensureSlots(groups.size());
        }
    }

    @Override
    public void close() {
        results.close();
    }
}
