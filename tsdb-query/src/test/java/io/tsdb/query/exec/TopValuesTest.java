package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.storage.model.SeriesKey;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Values of a tag by how many series have them, over shards that each know a part of it.
class TopValuesTest {
    private static final int SHARDS = 3;
    private static final Layout LAYOUT = new Layout(1, 16, true);

    private static TestPoint point(String value, int number) {
        return new TestPoint(
                "m", Map.of("v", value, "n", "n" + number), 0, Map.of("f", (long) number));
    }

    private static int shardOf(TestPoint point) {
        return SeriesKey.of(point.measurement(), point.tags()).slot() % SHARDS;
    }

    private static List<List<@Nullable Object>> top(List<TestPoint> points, int first) {
        TestEngines.Setup setup = TestEngines.of(points, SHARDS, LAYOUT);
        List<List<@Nullable Object>> rows =
                ResultRows.of(setup.execute("SHOW CARDINALITY FROM m WITH KEY = v LIMIT " + first));
        assertThat(setup.openScans()).isZero();
        assertThat(setup.budget().reservedBytes()).isZero();
        return rows;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void areThoseOfCounting(int first) {
        var random = new Random(5);
        var points = new ArrayList<TestPoint>();
        var counts = new HashMap<String, Long>();
        for (int i = 0; i < 5_000; i++) {
            String value = "v" + (int) Math.exp(7 * random.nextDouble());
            points.add(point(value, i));
            counts.merge(value, 1L, Long::sum);
        }
        List<Long> most = counts.values().stream().sorted((a, b) -> Long.compare(b, a)).toList();

        List<List<@Nullable Object>> rows = top(points, first);

        assertThat(rows).hasSize(Math.min(first, most.size())).doesNotHaveDuplicates();
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).element(2).isEqualTo(most.get(i));
            assertThat(rows.get(i).get(2)).isEqualTo(counts.get(rows.get(i).get(1)));
        }
    }

    /// At each shard more values have two series of their own than texts are sent at first; one has
    /// a single series at each, which are three.
    @Test
    void oneThatIsAmongTheMostAtNoShardIsFound() {
        var points = new ArrayList<TestPoint>();
        int[] own = new int[SHARDS];
        boolean[] spread = new boolean[SHARDS];
        for (int i = 0; own[0] + own[1] + own[2] < SHARDS * 2_200; i++) {
            TestPoint everywhere = point("spread", i);
            if (!spread[shardOf(everywhere)]) {
                spread[shardOf(everywhere)] = true;
                points.add(everywhere);
            }
            for (int shard = 0; shard < SHARDS; shard++) {
                TestPoint here = point("own-" + shard + "-" + own[shard] / 2, i);
                if (own[shard] < 2_200 && shardOf(here) == shard) {
                    own[shard]++;
                    points.add(here);
                }
            }
        }
        assertThat(spread).containsOnly(true);

        assertThat(top(points, 1)).containsExactly(List.of("m", "spread", 3L));
    }
}
