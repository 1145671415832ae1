package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Ticker;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How soon a query sees that it is cancelled: it looks after each stretch of work, in rows, that
/// is bounded. How long these take is printed, not asserted.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancelChecksTest {
    private static final int ROWS = 100_000;

    /// Rows of a block, and so between two looks of whoever reads them.
    private static final int BLOCK_ROWS = 1_024;

    private final Looks looks = new Looks();
    private TestEngines.Setup engine;

    /// Counts looks, and cancels at one of them.
    private static final class Looks implements Ticker {
        private long count;
        private long cancelsAt;
        private long last;
        private long longestNanos;
        private QueryCancellation cancellation = new QueryCancellation();

        QueryCancellation begin(long cancelsAtLook) {
            count = 0;
            cancelsAt = cancelsAtLook;
            last = System.nanoTime();
            longestNanos = 0;
            cancellation = new QueryCancellation();
            return cancellation;
        }

        @Override
        public long nanos() {
            long now = System.nanoTime();
            longestNanos = Math.max(longestNanos, now - last);
            last = now;
            if (++count == cancelsAt) {
                cancellation.cancel();
            }
            return now;
        }
    }

    @BeforeAll
    void fill() {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < ROWS; i++) {
            points.add(new TestPoint("m", Map.of("host", "h" + i % 4), i, Map.of("v", i)));
        }
        engine =
                TestEngines.of(
                        points,
                        1,
                        new Layout(1, BLOCK_ROWS, true),
                        QueryLimits.DEFAULT,
                        new MemoryBudget(1L << 30, Duration.ZERO),
                        runner -> runner,
                        looks);
    }

    private void run(String sql, QueryCancellation cancellation) {
        Session session = Session.of(TestEngines.DATABASE).withCancellation(cancellation);
        try (QueryResult result = engine.engine().execute(sql, session)) {
            while (result.next() != null) {
                // only looked at
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT time, v FROM m",
                "SELECT host, avg(v + 1) FROM m GROUP BY host",
                "SELECT v FROM m ORDER BY v DESC",
                "SELECT DISTINCT v FROM m",
                "SELECT median(v), string_agg(host, ',') FROM m",
                "SELECT sum(v) OVER (PARTITION BY host ORDER BY time ROWS 100 PRECEDING) FROM m",
                "SELECT a.v, b.v FROM m AS a JOIN m AS b USING (host, time)",
                "SELECT a.v, b.v FROM m AS a ASOF JOIN m AS b USING (host, time)",
                "SELECT a.v, sum(b.v) FROM m AS a WINDOW JOIN m AS b ON a.host = b.host RANGE"
                        + " BETWEEN 100us PRECEDING AND CURRENT ROW",
                "SELECT count(*) FROM m AS a WHERE v > (SELECT avg(v) FROM m AS b WHERE b.host ="
                        + " a.host)",
                "SELECT v FROM m UNION SELECT v + 1 FROM m",
                "SELECT count(*) FROM m WHERE v IN (SELECT v FROM m WHERE v % 7 = 1)"
            })
    void looksAfterABlockOfRowsAtTheLatest(String sql) {
        run(sql, looks.begin(-1));
        long count = looks.count;
        System.out.printf(
                "%,d looks, at most %.1f ms apart: %s%n", count, looks.longestNanos / 1e6, sql);
        assertThat(count).isGreaterThanOrEqualTo(ROWS / BLOCK_ROWS);
        // cancelled on the way, it ends at the next look
        for (long at : List.of(count / 3, count / 2, count - count / 10)) {
            QueryCancellation cancellation = looks.begin(at);
            assertThatThrownBy(() -> run(sql, cancellation))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
            assertThat(looks.count).as("looks of a query cancelled at %d", at).isLessThan(at + 8);
            assertThat(engine.openScans()).isZero();
        }
    }
}
