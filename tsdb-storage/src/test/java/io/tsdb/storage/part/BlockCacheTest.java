package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.schema.FieldSet;

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
    private static final FieldSet FIELDS = FieldSet.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

    @TempDir Path directory;

    private final PartSample sample = PartSample.cpu(4, 8640);
    private final List<Block> blocks = sample.blocks();

    @Test
    void staysInItsBudget() {
        var cache = new BlockCache(bytes(5));
        BlockCache.Slots slots = cache.slots(blocks.size(), FIELDS, 0);
        for (int i = 0; i < blocks.size(); i++) {
            slots.put(i, blocks.get(i), FIELDS);
            assertThat(cache.usedBytes()).isLessThanOrEqualTo(cache.budgetBytes());
            assertThat(slots.peek(i, FIELDS)).isSameAs(blocks.get(i));
        }
        assertThat(cache.evictionCount()).isEqualTo(blocks.size() - cache.blockCount());
        cache.setBudgetBytes(0);
        assertThat(cache.usedBytes()).isZero();
        assertThat(cache.blockCount()).isZero();
    }

    @Test
    void keepsWhatIsRead() {
        var cache = new BlockCache(bytes(6));
        BlockCache.Slots slots = cache.slots(blocks.size(), FIELDS, 0);
        slots.put(0, blocks.getFirst(), FIELDS);
        for (int i = 1; i < blocks.size(); i++) {
            assertThat(slots.get(0, FIELDS)).isSameAs(blocks.getFirst());
            slots.put(i, blocks.get(i), FIELDS);
        }
        assertThat(slots.get(1, FIELDS)).isNull();
        assertThat(cache.hitCount()).isEqualTo(blocks.size() - 1);
        assertThat(cache.missCount()).isEqualTo(1);
    }

    @Test
    void takesNothingThatIsLargerThanItself() {
        var cache = new BlockCache(10);
        BlockCache.Slots slots = cache.slots(1, FIELDS, 0);
        slots.put(0, blocks.getFirst(), FIELDS);
        assertThat(slots.get(0, FIELDS)).isNull();
    }

    @Test
    void givesBackWhatAPartHeld() {
        var cache = new BlockCache(bytes(30));
        BlockCache.Slots one = cache.slots(blocks.size(), FIELDS, 0);
        BlockCache.Slots two = cache.slots(blocks.size(), FIELDS, 0);
        for (int i = 0; i < 10; i++) {
            one.put(i, blocks.get(i), FIELDS);
            two.put(i, blocks.get(i), FIELDS);
        }
        long used = cache.usedBytes();
        one.close();
        assertThat(cache.blockCount()).isEqualTo(10);
        assertThat(cache.usedBytes()).isEqualTo(used / 2);
        assertThat(two.get(9, FIELDS)).isSameAs(blocks.get(9));
    }

    /// Indexes cannot go, so blocks do; but some are kept, however many parts there are.
    @Test
    void indexesCountAgainstTheBudget() {
        var cache = new BlockCache(bytes(20));
        BlockCache.Slots slots = cache.slots(blocks.size(), FIELDS, 0);
        for (int i = 0; i < blocks.size(); i++) {
            slots.put(i, blocks.get(i), FIELDS);
        }
        BlockCache.Slots other = cache.slots(0, FIELDS, bytes(10));
        assertThat(cache.indexBytes()).isEqualTo(bytes(10));
        assertThat(cache.usedBytes()).isPositive().isLessThanOrEqualTo(bytes(20) - bytes(10));
        BlockCache.Slots many = cache.slots(0, FIELDS, bytes(1000));
        assertThat(cache.usedBytes()).isPositive().isLessThanOrEqualTo(bytes(20) / 4);
        many.close();
        other.close();
        assertThat(cache.indexBytes()).isZero();
        slots.put(0, blocks.getFirst(), FIELDS);
        assertThat(slots.get(0, FIELDS)).isNotNull();
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
                assertThat(part.block(i, part.fields())).isSameAs(blocks.get(i));
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
                assertThat(part.block(i, part.fields()).pointCount())
                        .isEqualTo(blocks.get(i).pointCount());
            }
            // 8640 rows of one host are one page of each column
            assertThat(cache.missCount()).isEqualTo(4);
        }
    }

    /// What is kept of a block are the columns that were asked for, and its times.
    @Test
    void takesTheColumnsThatAreAskedFor() throws IOException {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(bytes(100));
        try (Part part = sample.open(directory, summary, cache)) {
            FieldSet one = FieldSet.of(3);
            assertThat(part.block(0, one).columnCount()).isEqualTo(1);
            long bytesOfOne = cache.usedBytes();
            assertThat(part.block(1, one).columnCount()).isEqualTo(1);
            assertThat(cache.missCount()).isEqualTo(1);

            FieldSet two = FieldSet.of(7, 3);
            assertThat(BlockText.of(part.block(1, two)))
                    .isEqualTo(BlockText.of(blocks.get(1), two));
            assertThat(cache.missCount()).isEqualTo(2);
            assertThat(cache.usedBytes()).isGreaterThan(bytesOfOne);
            int count = cache.blockCount();

            assertThat(BlockText.of(part.block(1, FIELDS))).isEqualTo(BlockText.of(blocks.get(1)));
            assertThat(part.block(1, FieldSet.of(0, 77)).columnCount()).isEqualTo(10);
            assertThat(cache.missCount()).isEqualTo(3);
            assertThat(cache.blockCount()).isEqualTo(count);
        }
        assertThat(cache.usedBytes()).isZero();
    }

    /// Neither fields that the part lacks nor none at all are a reason to read more than times.
    @Test
    void asksForTimesAlone() throws IOException {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(bytes(100));
        try (Part part = sample.open(directory, summary, cache)) {
            assertThat(part.block(0, FieldSet.of(500)).columnCount()).isZero();
            assertThat(BlockText.of(part.block(0, FieldSet.NONE)))
                    .isEqualTo(BlockText.of(blocks.getFirst(), FieldSet.NONE));
            assertThat(cache.missCount()).isEqualTo(1);
        }
    }

    /// Columns that come one after the other, of blocks that lack some fields, of every type.
    @Test
    void joinsColumnsInAnyOrder() throws IOException {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        var random = new Random(seed);
        PartSample mixed = PartSample.mixed(seed, 12, 1000);
        List<Block> written = mixed.blocks();
        int fieldCount = mixed.schema.fields().size();
        PartSummary summary = mixed.write(directory, 1, new PartConfig(1, 3000));
        // some blocks go and come again
        var cache = new BlockCache(written.stream().mapToLong(Block::sizeBytes).sum() / 3);
        try (Part part = mixed.open(directory, summary, cache)) {
            for (int i = 0; i < 2000; i++) {
                int block = random.nextInt(written.size());
                int[] fields = random.ints(random.nextInt(4), 0, fieldCount).toArray();
                FieldSet wanted = random.nextInt(10) == 0 ? part.fields() : FieldSet.of(fields);
                assertThat(BlockText.of(part.block(block, wanted), wanted))
                        .as("seed %d, block %d", seed, block)
                        .isEqualTo(BlockText.of(written.get(block), wanted));
            }
            assertThat(cache.evictionCount()).isPositive();
        }
    }

    @Test
    void servesManyReadersAtOnce() throws Exception {
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
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
                                int field = random.nextInt(10);
                                FieldSet wanted =
                                        random.nextBoolean() ? FIELDS : FieldSet.of(field);
                                assertThat(BlockText.of(part.block(block, wanted), wanted))
                                        .isEqualTo(BlockText.of(blocks.get(block), wanted));
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
