package io.tsdb.cluster.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.TestStores;
import io.tsdb.cluster.node.config.MemoryPart;
import io.tsdb.cluster.node.config.MemoryPlan;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// What a block cache gives to series and indexes: 64 KiB to new ones, since 8 MiB are to be kept,
/// and more to what is there.
class NodeMemoryTest {
    private static final long KEPT = 8 << 20;
    private static final long LEAST = KEPT / 8;
    private static final long SPARE = 64 << 10;
    private static final long BLOCKS = KEPT + SPARE;
    private static final long INDEXES = 4 << 10;
    private static final long SERIES = 32 << 10;

    private static final MemoryPlan PLAN =
            new MemoryPlan(
                    16 << 20,
                    Map.of(
                            MemoryPart.BLOCK_CACHE, BLOCKS,
                            MemoryPart.PART_INDEXES, INDEXES,
                            MemoryPart.SERIES, SERIES));

    @TempDir Path directory;
    private Store store;
    private NodeMemory memory;

    @BeforeEach
    void open() throws Exception {
        store =
                Store.open(
                        TestStores.config(directory, 2),
                        new LocalFileStore(),
                        System::nanoTime,
                        InstantSource.system());
        memory = new NodeMemory(PLAN, Optional.empty(), store);
    }

    @AfterEach
    void close() throws Exception {
        memory.close();
        store.close();
    }

    private void write(int from, int to) throws IOException {
        var lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("m,id=").append(i).append(" f=1 1\n");
        }
        TestStores.write(store, "d", lines.toString());
    }

    private static long sum(Map<String, Number> bytes) {
        return bytes.values().stream().mapToLong(Number::longValue).sum();
    }

    private long used(MemoryPart part) {
        return memory.used().getOrDefault(part.label(), -1).longValue();
    }

    private long reserved(MemoryPart part) {
        return memory.reserved().getOrDefault(part.label(), -1).longValue();
    }

    @Test
    void blocksHaveTheirOwnAsLongAsSeriesFit() throws IOException {
        write(0, 50);
        memory.giveWay();
        assertThat(used(MemoryPart.SERIES)).isBetween(1L, SERIES);
        assertThat(used(MemoryPart.HEAD)).isPositive();
        assertThat(store.cache().budgetBytes()).isEqualTo(BLOCKS);
        assertThat(reserved(MemoryPart.BLOCK_CACHE)).isEqualTo(BLOCKS);
        assertThat(reserved(MemoryPart.SERIES)).isEqualTo(SERIES);
    }

    @Test
    void blocksGiveWayToSeriesAsLongAsTheyHaveTheLeast() throws IOException {
        write(0, 300);
        memory.giveWay();
        long series = used(MemoryPart.SERIES);
        assertThat(series).isBetween(SERIES + 1, SERIES + SPARE);
        assertThat(store.cache().budgetBytes()).isEqualTo(BLOCKS + SERIES - series);
        assertThat(reserved(MemoryPart.SERIES)).isEqualTo(series);
        assertThat(sum(memory.reserved())).isEqualTo(BLOCKS + INDEXES + SERIES);
        assertThat(memory.seriesBytesMax()).isEqualTo(SERIES + SPARE);
        write(300, 40_000);
        memory.giveWay();
        assertThat(store.cache().budgetBytes()).isEqualTo(LEAST);
        assertThat(reserved(MemoryPart.BLOCK_CACHE)).isEqualTo(LEAST);
    }

    /// What indexes take beyond their own is for no series any more.
    @Test
    void blocksGiveWayToIndexes() throws IOException {
        assertThat(memory.seriesBytesMax()).isEqualTo(SERIES + SPARE);
        write(0, 100);
        store.flush();
        memory.giveWay();
        long indexes = used(MemoryPart.PART_INDEXES);
        assertThat(indexes).isEqualTo(store.cache().indexBytes());
        long given = indexes - INDEXES;
        assertThat(given).isBetween(1L, SPARE);
        assertThat(store.cache().budgetBytes()).isEqualTo(indexes + BLOCKS - given);
        assertThat(reserved(MemoryPart.BLOCK_CACHE)).isEqualTo(BLOCKS - given);
        assertThat(memory.seriesBytesMax()).isEqualTo(SERIES + SPARE - given);
        assertThat(sum(memory.reserved())).isEqualTo(BLOCKS + INDEXES + SERIES);
    }

    @Test
    void whatIsCountedIsSummed() throws IOException {
        memory.count(MemoryPart.NETWORK, () -> 3);
        memory.count(MemoryPart.NETWORK, () -> 4);
        assertThat(used(MemoryPart.NETWORK)).isEqualTo(7);
    }
}
