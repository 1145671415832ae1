package io.tsdb.query.memory;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentProfile;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.FragmentTask;
import io.tsdb.query.fragment.FragmentTasks;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Runs fragments shard by shard on the caller's thread, one batch of each in turn.
public final class SequentialRunner implements FragmentRunner {
    private final List<? extends ScanSource> shards;

    public SequentialRunner(List<? extends ScanSource> shards) {
        this.shards = shards;
    }

    @Override
    public PartialResults run(Fragment fragment, QueryControl control) {
        var tasks = new ArrayList<FragmentTask>();
        FragmentProfile profile = control.profile();
        for (ScanSource shard : shards) {
            ScanCounts counts = profile == null ? null : profile.addShard(tasks.size());
            FragmentTask task = FragmentTasks.open(fragment, shard, control, counts);
            tasks.add(counts == null ? task : new Counted(task, counts));
        }
        return new Turns(tasks, new ColumnBatch(fragment.types()));
    }

    /// Counts the rows that a task hands back.
    private record Counted(FragmentTask task, ScanCounts counts) implements FragmentTask {
        @Override
        public boolean next(ColumnBatch target) {
            boolean hasRows = task.next(target);
            counts.addWork(hasRows ? target.rowCount() : 0, 0);
            return hasRows;
        }

        @Override
        public void close() {
            task.close();
        }
    }

    private static final class Turns implements PartialResults {
        private final List<FragmentTask> tasks;
        private final ColumnBatch batch;
        private int turn;

        Turns(List<FragmentTask> tasks, ColumnBatch batch) {
            this.tasks = tasks;
            this.batch = batch;
        }

        @Override
        public @Nullable ColumnBatch next() {
            while (!tasks.isEmpty()) {
                turn = (turn + 1) % tasks.size();
                if (tasks.get(turn).next(batch)) {
                    return batch;
                }
                tasks.remove(turn).close();
            }
            return null;
        }

        @Override
        public void close() {
            tasks.forEach(FragmentTask::close);
            tasks.clear();
        }
    }
}
