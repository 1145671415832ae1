package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.TestStores;
import io.tsdb.query.memory.AbstractBlockCursorTest;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A shard's cursor keeps its contract wherever the points lie.
class StoreCursorTest {
    /// After which shares of the points there is a flush.
    private abstract static class Placed extends AbstractBlockCursorTest {
        @TempDir Path temporary;
        private final List<Store> stores = new ArrayList<>();
        private Instant now = Instant.parse("2026-02-01T00:00:00Z");

        abstract void place(Store store, List<TestPoint> points);

        @Override
        protected ScanSource source(List<TestPoint> points) throws IOException {
            var config =
                    TestStores.config(
                            temporary.resolve("data-" + stores.size()),
                            1,
                            new CompactionConfig(2, Duration.ofHours(1), 1 << 20, 1 << 20, 1));
            Store store = Store.open(config, new LocalFileStore(), System::nanoTime, () -> now);
            stores.add(store);
            place(store, points);
            return store.shards().getFirst();
        }

        /// Writes some, as requests of a few hundred points.
        static void write(Store store, List<TestPoint> points) {
            for (int from = 0; from < points.size(); from += 700) {
                StorePoints.write(
                        store, DATABASE, points.subList(from, Math.min(points.size(), from + 700)));
            }
        }

        static List<TestPoint> part(List<TestPoint> points, int number, int of) {
            return points.subList(points.size() * number / of, points.size() * (number + 1) / of);
        }

        void compact(Store store) {
            now = now.plus(Duration.ofDays(100));
            store.compact();
        }

        @AfterEach
        void closeStores() throws IOException {
            for (Store store : stores) {
                // a cursor that gave its parts back once too often lets others read closed files
                Shard shard = store.shards().getFirst();
                shard.parts().forEach(part -> assertThat(part.tryRetain()).isTrue());
                shard.parts().forEach(part -> part.release());
                store.close();
            }
        }
    }

    @Nested
    class InTheHead extends Placed {
        @Override
        void place(Store store, List<TestPoint> points) {
            write(store, points);
        }
    }

    @Nested
    class InOnePart extends Placed {
        @Override
        void place(Store store, List<TestPoint> points) {
            write(store, points);
            store.flush();
        }
    }

    @Nested
    class InPartsThatOverlap extends Placed {
        @Override
        void place(Store store, List<TestPoint> points) {
            for (int i = 0; i < 3; i++) {
                write(store, part(points, i, 3));
                store.flush();
            }
        }
    }

    @Nested
    class InPartsAndTheHead extends Placed {
        @Override
        void place(Store store, List<TestPoint> points) {
            write(store, part(points, 0, 3));
            store.flush();
            write(store, part(points, 1, 3));
            store.flush();
            write(store, part(points, 2, 3));
        }
    }

    @Nested
    class InACompactedPart extends Placed {
        @Override
        void place(Store store, List<TestPoint> points) {
            for (int i = 0; i < 4; i++) {
                write(store, part(points, i, 4));
                store.flush();
            }
            compact(store);
            assertThat(store.shards().getFirst().parts()).hasSizeLessThan(4);
        }
    }
}
