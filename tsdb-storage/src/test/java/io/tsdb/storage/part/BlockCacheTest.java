package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.block.Block;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class BlockCacheTest {
    @TempDir Path directory;

    private final PartSample sample = PartSample.cpu(4, 8640);
    private final List<Block> blocks = sample.blocks();

    @Test
    void staysInItsBudget() {
        var cache = new BlockCache(bytes(5));
        BlockCache.Slots slots = cache.slots(blocks.size(), 0);
        for (int i = 0; i < blocks.size(); i++) {
            slots.put(i, blocks.get(i));
            assertThat(cache.usedBytes()).isLessThanOrEqualTo(cache.budgetBytes());
            assertThat(slots.peek(i)).isSameAs(blocks.get(i));
        }
        assertThat(cache.evictionCount()).isEqualTo(blocks.size() - cache.blockCount());
        cache.setBudgetBytes(0);
        assertThat(cache.usedBytes()).isZero();
        assertThat(cache.blockCount()).isZero();
    }

    @Test
    void keepsWhatIsRead() {
        var cache = new BlockCache(bytes(6));
        BlockCache.Slots slots = cache.slots(blocks.size(), 0);
        slots.put(0, blocks.getFirst());
        for (int i = 1; i < blocks.size(); i++) {
            assertThat(slots.get(0)).isSameAs(blocks.getFirst());
            slots.put(i, blocks.get(i));
        }
        assertThat(slots.get(1)).isNull();
        assertThat(cache.hitCount()).isEqualTo(blocks.size() - 1);
        assertThat(cache.missCount()).isEqualTo(1);
    }

    @Test
    void takesNothingThatIsLargerThanItself() {
        var cache = new BlockCache(10);
        BlockCache.Slots slots = cache.slots(1, 0);
        slots.put(0, blocks.getFirst());
        assertThat(slots.get(0)).isNull();
    }

    @Test
    void givesBackWhatAPartHeld() {
        var cache = new BlockCache(bytes(30));
        BlockCache.Slots one = cache.slots(blocks.size(), 0);
        BlockCache.Slots two = cache.slots(blocks.size(), 0);
        for (int i = 0; i < 10; i++) {
            one.put(i, blocks.get(i));
            two.put(i, blocks.get(i));
        }
        long used = cache.usedBytes();
        one.close();
        assertThat(cache.blockCount()).isEqualTo(10);
        assertThat(cache.usedBytes()).isEqualTo(used / 2);
        assertThat(two.get(9)).isSameAs(blocks.get(9));
    }

    /// Indexes cannot go, so blocks do; but some are kept, however many parts there are.
    @Test
    void indexesCountAgainstTheBudget() {
        var cache = new BlockCache(bytes(20));
        BlockCache.Slots slots = cache.slots(blocks.size(), 0);
        for (int i = 0; i < blocks.size(); i++) {
            slots.put(i, blocks.get(i));
        }
        BlockCache.Slots other = cache.slots(0, bytes(10));
        assertThat(cache.indexBytes()).isEqualTo(bytes(10));
        assertThat(cache.usedBytes()).isPositive().isLessThanOrEqualTo(bytes(20) - bytes(10));
        BlockCache.Slots many = cache.slots(0, bytes(1000));
        assertThat(cache.usedBytes()).isPositive().isLessThanOrEqualTo(bytes(20) / 4);
        many.close();
        other.close();
        assertThat(cache.indexBytes()).isZero();
        slots.put(0, blocks.getFirst());
        assertThat(slots.get(0)).isNotNull();
    }

    @Test
    void countsTheIndexOfAnOpenPart() throws IOException {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(bytes(100));
        try (Part _ = sample.open(directory, summary, cache)) {
            // statistics stay in their encoded form, the rest is arrays
            assertThat(cache.indexBytes())
                    .isBetween(summary.indexBytes() / 2, 4 * summary.indexBytes());
        }
        assertThat(cache.indexBytes()).isZero();
    }

    @Test
    void sparesTheFileWhereBlocksWereSeeded() throws IOException {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(bytes(100));
        try (Part part = sample.open(directory, summary, cache)) {
            for (int i = 0; i < blocks.size(); i++) {
                part.seedCache(i, blocks.get(i));
            }
            for (int i = 0; i < blocks.size(); i++) {
                assertThat(part.block(i)).isSameAs(blocks.get(i));
            }
            assertThat(cache.missCount()).isZero();
            assertThatThrownBy(() -> part.seedCache(0, blocks.get(1)))
                    .hasMessageContaining("not block 0");
        }
    }

    @Test
    void decodesNeighboursTogether() throws IOException {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(bytes(100));
        try (Part part = sample.open(directory, summary, cache)) {
            for (int i = 0; i < blocks.size(); i++) {
                assertThat(part.block(i).pointCount()).isEqualTo(blocks.get(i).pointCount());
            }
            // 8640 rows of one host are one page of each column
            assertThat(cache.missCount()).isEqualTo(4);
        }
    }

    @Test
    void servesManyReadersAtOnce() throws Exception {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        List<List<String>> expected = blocks.stream().map(BlockText::of).toList();
        var cache = new BlockCache(bytes(7));
        try (Part part = sample.open(directory, summary, cache);
                var readers = Executors.newFixedThreadPool(4)) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (int reader = 0; reader < 4; reader++) {
                var random = new Random(reader);
                tasks.add(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                int block = random.nextInt(blocks.size());
                                assertThat(BlockText.of(part.block(block)))
                                        .isEqualTo(expected.get(block));
                                int field = random.nextInt(10);
                                assertThat(part.statistics(block, field))
                                        .isEqualTo(blocks.get(block).statistics(field));
                            }
                            return true;
                        });
            }
            for (Future<Boolean> done : readers.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
            assertThat(cache.usedBytes()).isBetween(1L, cache.budgetBytes());
        }
        assertThat(cache.usedBytes()).isZero();
        assertThat(Files.exists(summary.id().parquetFile(directory))).isTrue();
    }

    /// Room for a number of blocks of this sample, roughly.
    private long bytes(int count) {
        long most = 0;
        for (Block block : blocks) {
            most = Math.max(most, block.sizeBytes() + 64L);
        }
        return count * most;
    }
}
