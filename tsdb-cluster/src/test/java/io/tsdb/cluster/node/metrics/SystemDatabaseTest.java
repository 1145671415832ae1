package io.tsdb.cluster.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tsdb.cluster.TestStores;
import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.schema.Retention;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/// How long rows of `_system` are kept, whoever has made it and whenever that ended.
class SystemDatabaseTest {
    private static final Duration RETENTION = Duration.ofDays(3);

    @TempDir Path directory;

    private Store open() throws IOException {
        var config = TestStores.config(directory, 1);
        return Store.open(config, new LocalFileStore(), System::nanoTime, InstantSource.system());
    }

    private static WriteRouter router(Store store) {
        return new WriteRouter(store, true, SchemaLimits.DEFAULT, () -> 64 << 20);
    }

    /// One look of a node that has just started, on metrics of one gauge.
    private static void look(Store store) throws IOException {
        WriteRouter router = router(store);
        var gauge =
                GaugeSnapshot.builder()
                        .name("tsdb_shards")
                        .dataPoint(GaugeDataPointSnapshot.builder().value(4).build())
                        .build();
        try (var system =
                new SystemDatabase(
                        store,
                        router,
                        () -> new LineDecoder(router, false),
                        () -> new MetricSnapshots(gauge),
                        "alone",
                        RETENTION,
                        InstantSource.system())) {
            system.write();
        }
        assertThat(store.catalog().measurements(SystemDatabase.NAME)).containsKey("node");
    }

    private static Retention retention(Store store) {
        return Objects.requireNonNull(store.catalog().database(SystemDatabase.NAME)).retention();
    }

    private static Retention own() {
        return new Retention(RETENTION.toNanos());
    }

    @Test
    void isMadeWithItsRetention() throws IOException {
        try (Store store = open()) {
            look(store);
            assertThat(retention(store)).isEqualTo(own());
        }
    }

    /// It is made by two entries of the log, and a node may end between them; the others of a
    /// cluster may have written to it before it is back.
    @Test
    void getsTheRetentionThatAnEndKeptFromIt() throws IOException {
        try (Store store = open()) {
            store.createDatabase(SystemDatabase.NAME);
        }
        try (Store store = open()) {
            assertThat(retention(store).isInherited()).isTrue();
            look(store);
            assertThat(retention(store)).isEqualTo(own());
        }
    }

    @Test
    void getsItAlsoWhenAnotherNodeHasWritten() throws IOException {
        try (Store store = open()) {
            store.createDatabase(SystemDatabase.NAME);
            TestStores.write(store, SystemDatabase.NAME, "node,node=other tsdb_shards=4\n");
            look(store);
            assertThat(retention(store)).isEqualTo(own());
        }
    }

    /// Of any length, and that there is none.
    @Test
    void keepsWhatSomebodyHasSet() throws IOException {
        try (Store store = open()) {
            look(store);
            for (Retention set : new Retention[] {new Retention(7), Retention.FOREVER}) {
                store.setRetention(SystemDatabase.NAME, Optional.empty(), set);
                look(store);
                assertThat(retention(store)).isEqualTo(set);
            }
        }
    }

    /// Nothing that somebody else has written goes because of it.
    @Test
    void leavesADatabaseWithRowsOfOthersAlone() throws IOException {
        try (Store store = open()) {
            store.createDatabase(SystemDatabase.NAME);
            TestStores.write(store, SystemDatabase.NAME, "m,t=a v=1\n");
            look(store);
            assertThat(retention(store).isInherited()).isTrue();
        }
    }
}
