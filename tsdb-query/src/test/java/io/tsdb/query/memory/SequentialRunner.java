package io.tsdb.query.memory;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.FragmentTask;
import io.tsdb.query.fragment.FragmentTasks;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
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
        shards.forEach(shard -> tasks.add(FragmentTasks.open(fragment, shard, control)));
        return new Turns(tasks, new ColumnBatch(fragment.types()));
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
