package io.tsdb.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

class BlockMergeTest {
    private final BlockBuilder builder = new BlockBuilder();
    private final BlockMerge merge = new BlockMerge();
    private final SeriesMerge series = new SeriesMerge();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void agreesWithATreeMapThatTakesPointByPoint(long seed) {
        Random random = new Random(seed);
        int blockCount = 1 + random.nextInt(12);
        long span = 1L + random.nextInt(6000);
        double density = random.nextDouble();
        var oracle = new TreeMap<Long, Map<Integer, Object>>();
        List<Block> inputs = new ArrayList<>();
        for (int i = 0; i < blockCount; i++) {
            var rows = new TreeMap<Long, Map<Integer, Object>>();
            int points = 1 + random.nextInt(Block.POINTS_MAX);
            long from = random.nextLong(span);
            for (int p = 0; p < points; p++) {
                rows.put(from + random.nextLong(span), row(random, density));
            }
            inputs.add(BlockRows.build(builder, rows));
            rows.forEach(
                    (time, row) -> oracle.computeIfAbsent(time, _ -> new TreeMap<>()).putAll(row));
        }

        List<Block> merged = new ArrayList<>();
        for (Piece piece : series.arrange(sources(inputs))) {
            switch (piece) {
                case BlockSource source -> merged.add(source.block());
                case Overlap overlap -> merged.addAll(series.merge(overlap));
            }
        }

        assertThat(BlockRows.readAll(merged)).as("seed %d", seed).isEqualTo(oracle);
        long last = Long.MIN_VALUE;
        for (Block block : merged) {
            assertThat(block.pointCount()).isBetween(1, Block.POINTS_MAX);
            assertThat(block.minTime()).isGreaterThan(last);
            last = block.maxTime();
        }
    }

    @Test
    void passesOnBlocksThatOverlapNoOther() {
        Block late = BlockRows.build(builder, rows(100, 200));
        Block early = BlockRows.build(builder, rows(0, 99));

        List<BlockSource> inputs = sources(List.of(late, early));
        assertThat(series.arrange(inputs)).isEqualTo(List.of(inputs.get(1), inputs.get(0)));
    }

    @Test
    void cutsAnOversizeMergeEvenly() {
        Block even = BlockRows.build(builder, rows(0, 1023));
        Block odd = BlockRows.build(builder, rows(1023, 1024));

        assertThat(merge.merge(List.of(whole(even), whole(odd))))
                .extracting(Block::pointCount)
                .containsExactly(512, 513);
    }

    @Test
    void returnsNothingForNoBlocks() {
        assertThat(merge.merge(List.of())).isEmpty();
    }

    /// A source that spans everything overlaps all others; the reader still gets them in spans, so
    /// that the newest rows cost one span.
    @Test
    void cutsALongChainIntoSpans() {
        List<Block> inputs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            inputs.add(BlockRows.build(builder, rows(i * 1024L, i * 1024L + 1023)));
        }
        var wide = new TreeMap<Long, Map<Integer, Object>>();
        wide.put(0L, Map.of(4, 1L));
        wide.put(40_000L, Map.of(4, 2L));
        inputs.add(BlockRows.build(builder, wide));
        List<? extends Piece> pieces = series.arrange(sources(inputs));
        assertThat(pieces).hasSizeGreaterThan(8).hasOnlyElementsOfType(Overlap.class);
        long end = -1;
        for (Piece piece : pieces) {
            var overlap = (Overlap) piece;
            assertThat(overlap.fromNanos()).isEqualTo(end + 1);
            end = overlap.lastNanos();
        }
        assertThat(end).isEqualTo(40 * 1024 - 1);
        List<Block> last = series.merge((Overlap) pieces.getLast());
        assertThat(last.getLast().maxTime()).isEqualTo(end);
    }

    @Test
    void mergesSlicesOfBlocks() {
        Block block = BlockRows.build(builder, rows(0, 99));
        var later = new TreeMap<Long, Map<Integer, Object>>();
        later.put(40L, Map.of(3, -1L));
        later.put(41L, Map.of(3, -2L));
        Block over = BlockRows.build(builder, later);
        List<Block> merged =
                merge.merge(
                        List.of(
                                new BlockMerge.Slice(block, 30, 50),
                                new BlockMerge.Slice(over, 1, 2)));
        var expected = rows(30, 49);
        expected.put(41L, Map.of(3, -2L));
        assertThat(BlockRows.readAll(merged)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void packsSmallBlocksIntoFullOnes(long seed) {
        var random = new Random(seed);
        var packer = new BlockPacker();
        var expected = new TreeMap<Long, Map<Integer, Object>>();
        List<Block> packed = new ArrayList<>();
        long time = 0;
        int inputs = 1 + random.nextInt(60);
        for (int i = 0; i < inputs; i++) {
            int most = random.nextInt(4) == 0 ? Block.POINTS_MAX : 200;
            long end = time + random.nextInt(most);
            var rows = rows(time, end);
            expected.putAll(rows);
            packer.add(BlockRows.build(builder, rows), packed::add);
            time = end + 1;
        }
        packer.finish(packed::add);
        assertThat(BlockRows.readAll(packed)).as("seed %d", seed).isEqualTo(expected);
        for (int i = 0; i + 2 < packed.size(); i++) {
            int two = packed.get(i).pointCount() + packed.get(i + 1).pointCount();
            assertThat(two).isGreaterThan(Block.POINTS_MAX / 2);
        }
    }

    private static List<BlockSource> sources(List<Block> blocks) {
        return blocks.stream().<BlockSource>map(BlockSource.OfBlock::new).toList();
    }

    private static BlockMerge.Slice whole(Block block) {
        return new BlockMerge.Slice(block, 0, block.pointCount());
    }

    private static TreeMap<Long, Map<Integer, Object>> rows(long from, long to) {
        var rows = new TreeMap<Long, Map<Integer, Object>>();
        for (long time = from; time <= to; time++) {
            rows.put(time, Map.of(3, time));
        }
        return rows;
    }

    private static Map<Integer, Object> row(Random random, double density) {
        var row = new TreeMap<Integer, Object>();
        if (random.nextDouble() < density) {
            row.put(0, random.nextLong());
        }
        if (random.nextDouble() < 0.9) {
            row.put(2, new BlockRows.Bits(Double.doubleToRawLongBits(random.nextInt(500) / 10.0)));
        }
        if (random.nextDouble() < density) {
            row.put(5, random.nextBoolean());
        }
        if (random.nextDouble() < density * density) {
            row.put(7, "état " + random.nextInt(9));
        }
        return row;
    }
}
