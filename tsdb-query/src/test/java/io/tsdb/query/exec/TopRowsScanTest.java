package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The first rows of an order, by bounds that leave blocks out, are those of sorting everything.
class TopRowsScanTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);
    private static final int POINTS = 12_000;
    private static final BigInteger HALF = BigInteger.TWO.pow(63);

    private static List<TestPoint> points(Random random) {
        var points = new ArrayList<TestPoint>();
        for (int i = 0; i < POINTS; i++) {
            Map<String, Object> fields = new HashMap<>();
            fields.put("g", (double) random.nextInt(100_000));
            if (random.nextInt(10) > 0) {
                fields.put("f", random.nextInt(50) == 0 ? Double.NaN : random.nextGaussian());
            }
            if (random.nextInt(4) > 0) {
                fields.put("x", (long) random.nextInt(1_000));
            }
            fields.put("s", "s" + random.nextInt(300));
            // around 2^63, where signed and unsigned order part
            fields.put("u", HALF.add(BigInteger.valueOf(random.nextInt(100_000) - 50_000)));
            Map<String, String> tags =
                    random.nextInt(20) == 0 ? Map.of() : Map.of("dev", "d" + random.nextInt(12));
            points.add(new TestPoint("m", tags, i * 1_000L, fields));
        }
        return points;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f DESC, time",
                "f NULLS FIRST, time",
                "f DESC NULLS LAST, time DESC",
                "x, time",
                "x DESC NULLS FIRST, g, time",
                "time",
                "time DESC",
                "dev, time",
                "dev DESC, time DESC",
                "dev NULLS FIRST, x DESC, time",
                "s, dev, time DESC",
                "u, time",
                "u DESC, time",
                "x DESC, u DESC, time",
                "x + 1, time"
            })
    void isTheStartOfTheWholeOrder(String order) throws Exception {
        var random = new Random(SEED);
        TestEngines.Setup setup =
                TestEngines.of(points(random), 2, new Layout(4, 256, true), QueryLimits.DEFAULT);
        for (String where :
                List.of("", " WHERE g > 50000", " WHERE x < 500 OR x = 777 OR x = 778")) {
            String select = "SELECT dev, time, f, x, s, u FROM m" + where + " ORDER BY " + order;
            List<List<@Nullable Object>> all = ResultRows.of(setup.execute(select));
            for (int limit : new int[] {1, 10, 700}) {
                for (int offset : new int[] {0, 5, 4_500}) {
                    int to = Math.min(all.size(), offset + limit);
                    assertThat(
                                    ResultRows.of(
                                            setup.execute(
                                                    select
                                                            + " LIMIT "
                                                            + limit
                                                            + " OFFSET "
                                                            + offset)))
                            .as("%s, seed %s", select, SEED)
                            .isEqualTo(all.subList(Math.min(offset, to), to));
                }
            }
        }
        assertThat(setup.openScans()).isZero();
    }
}
