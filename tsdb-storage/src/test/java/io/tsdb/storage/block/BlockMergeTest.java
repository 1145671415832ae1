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

        List<Block> merged = merge.merge(inputs);

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

        assertThat(merge.merge(List.of(late, early))).containsExactly(early, late);
    }

    @Test
    void cutsAnOversizeMergeEvenly() {
        Block even = BlockRows.build(builder, rows(0, 1023));
        Block odd = BlockRows.build(builder, rows(1023, 1024));

        assertThat(merge.merge(List.of(even, odd)))
                .extracting(Block::pointCount)
                .containsExactly(512, 513);
    }

    @Test
    void returnsNothingForNoBlocks() {
        assertThat(merge.merge(List.of())).isEmpty();
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
