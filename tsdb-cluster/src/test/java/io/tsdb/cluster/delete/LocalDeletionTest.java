package io.tsdb.cluster.delete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tsdb.cluster.TestStores;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// Rows that are in memory alone, and that the disk does not take.
class LocalDeletionTest {
    private static final int ROWS = 100;
    private static final ScanSpec ALL = new ScanSpec("d", "m", TimeRange.ALL, null, null);

    @TempDir Path directory;

    private static long rowsInMemory(Store store) {
        return store.shards().stream().mapToLong(Shard::headPointCount).sum();
    }

    /// It was answered with 0 rows, since no part had one, and all of them stayed.
    @Test
    void saysThatNothingIsDeletedWhereAFlushFails() throws Exception {
        var io = new FaultyFileStore(directory, 1);
        try (Store store =
                Store.open(
                        TestStores.config(directory.resolve("data"), 2),
                        io,
                        System::nanoTime,
                        InstantSource.system())) {
            var lines = new StringBuilder();
            for (int i = 0; i < ROWS; i++) {
                lines.append("m,id=").append(i).append(" v=1i ").append(i).append('\n');
            }
            TestStores.write(store, "d", lines.toString());
            var deletion = new LocalDeletion(store);
            io.refuse(file -> file.toString().contains(".parquet"));
            assertThatThrownBy(() -> deletion.delete(ALL, control()))
                    .asInstanceOf(type(QueryException.class))
                    .satisfies(
                            e -> {
                                assertThat(e.code()).isEqualTo(QueryErrorCode.UNAVAILABLE);
                                assertThat(e.text())
                                        .contains("rows of 'm' were not deleted")
                                        .contains("cannot create")
                                        .contains("can be repeated");
                            });
            assertThat(rowsInMemory(store)).isEqualTo(ROWS);

            io.refuse(_ -> false);
            long deleted = 0;
            // a flush that was under way when the disk was mended still fails
            for (int tries = 0; deleted < ROWS && tries < 100; tries++) {
                try {
                    deleted += deletion.delete(ALL, control());
                } catch (QueryException e) {
                    assertThat(e.code()).isEqualTo(QueryErrorCode.UNAVAILABLE);
                }
            }
            assertThat(rowsInMemory(store)).isZero();
            assertThat(deletion.delete(ALL, control())).isZero();
        }
    }

    private static QueryControl control() {
        return new QueryControl(
                new QueryCancellation(),
                System::nanoTime,
                Duration.ofMinutes(1),
                1,
                new MemoryBudget(1 << 20, Duration.ZERO),
                1,
                1 << 20,
                Consistency.STRONG);
    }
}
