package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

class SpanBlocksTest {
    private final BlockBuilder builder = new BlockBuilder();

    private Block block(List<Long> times) {
        long[] array = times.stream().mapToLong(Long::longValue).toArray();
        builder.begin(array, array.length);
        builder.longs(0, FieldType.INT64, new long[array.length], null);
        return builder.build();
    }

    /// Series that report every minute, once a week, or now and then over years, before 1970 too.
    private HeadBlocks.OfSeries series(int number, Random random) {
        var blocks = new ArrayList<Block>();
        long time = (random.nextInt(4_000) - 2_000) * PartitionPlan.DAY_NANOS;
        long step = PartitionPlan.DAY_NANOS >> (random.nextInt(3) * 6);
        for (int block = random.nextInt(6); block >= 0; block--) {
            var times = new ArrayList<Long>();
            for (int row = 1 + random.nextInt(1_000); row > 0; row--) {
                times.add(time);
                time += 1 + random.nextLong(random.nextInt(50) == 0 ? 300 * step : step);
            }
            blocks.add(block(times));
        }
        return new HeadBlocks.OfSeries(
                number, SeriesKey.of("m", Map.of("n", String.valueOf(number))), blocks);
    }

    /// Those that touch the span, each in its order, as a look at all of them for every span finds.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsWhatALookAtAllFinds(long seed) {
        var random = new Random(seed);
        var all = new ArrayList<HeadBlocks.OfSeries>();
        for (int number = 0; number < 40; number++) {
            all.add(series(number, random));
        }
        List<PartitionPlan.Span> spans = PartitionPlan.plan(HeadBlocks.all(all));
        assertThat(spans).hasSizeGreaterThan(3);
        List<SpanBlocks> found = SpanBlocks.of(all, spans);
        assertThat(found).hasSameSizeAs(spans);
        for (int i = 0; i < spans.size(); i++) {
            PartitionPlan.Span span = spans.get(i);
            var asked = new ArrayList<Block>();
            for (HeadBlocks.OfSeries one : all) {
                one.blocks().stream()
                        .filter(block -> block.maxTime() >= span.fromNanos())
                        .filter(block -> block.minTime() <= span.lastNanos())
                        .forEach(asked::add);
            }
            var sorted = new ArrayList<Block>();
            int before = -1;
            for (int at = 0; at < found.get(i).count(); at++) {
                assertThat(found.get(i).series(at)).isGreaterThan(before);
                before = found.get(i).series(at);
                sorted.addAll(found.get(i).blocks(at, all));
            }
            assertThat(sorted).as("%s", span).containsExactlyElementsOf(asked);
        }
    }
}
