package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a front end says of the statements and plans that it hands on.
class SessionTest {
    private static final int ROWS = 5_000;

    /// Less than a day from one row to the next.
    private static final long STEP_NANOS = 3_600_000_000_000L;

    private final Session session = Session.of(TestEngines.DATABASE);

    private static TestEngines.Setup engine(long rowsMax) {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < ROWS; i++) {
            points.add(new TestPoint("m", Map.of("host", "h"), i * STEP_NANOS, Map.of("v", i)));
        }
        return TestEngines.of(
                points,
                1,
                new Layout(1, 1024, true),
                new QueryLimits(rowsMax, 1_000, 64 << 20, Duration.ofSeconds(60)),
                new MemoryBudget(64 << 20, Duration.ZERO));
    }

    private Session withRows(long rowsMax) {
        return session.withLimits(
                new QueryLimits(rowsMax, Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(1)));
    }

    private static void assertRefused(TestEngines.Setup setup, Session of, long rowsMax) {
        assertThatThrownBy(() -> ResultRows.of(setup.engine().execute("SELECT v FROM m", of)))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED);
                            assertThat(e.text()).contains("more than " + rowsMax + " rows");
                        });
    }

    @Test
    void narrowsTheLimitsOfTheNode() {
        TestEngines.Setup setup = engine(ROWS);
        assertThat(ResultRows.of(setup.engine().execute("SELECT v FROM m", session))).hasSize(ROWS);
        assertRefused(setup, withRows(2_000), 2_000);
    }

    @Test
    void doesNotWidenTheLimitsOfTheNode() {
        assertRefused(engine(3_000), withRows(ROWS), 3_000);
    }

    @Test
    void narrowsWhatAPlanMayGive() {
        TestEngines.Setup setup = engine(ROWS);
        PlannedQuery plan = setup.engine().plan("SELECT v FROM m", session);
        assertThat(ResultRows.of(setup.engine().run(plan, "v", session))).hasSize(ROWS);
        assertThatThrownBy(() -> ResultRows.of(setup.engine().run(plan, "v", withRows(2_000))))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("more than 2000 rows");
        assertThat(setup.budget().reservedBytes()).isZero();
    }

    /// As a front end of another language would have it: the text is its own, the plan is none that
    /// SQL can say.
    @Test
    void aPlanIsListedAsItsSenderWroteItAndCanBeCancelled() {
        TestEngines.Setup setup = engine(ROWS);
        PlannedQuery plan = setup.engine().plan("SELECT v FROM m", session);
        try (QueryResult result = setup.engine().run(plan, "m{host=\"h\"}[5m]", session)) {
            assertThat(result.next()).isNotNull();
            List<?> listed = ResultRows.of(setup.execute("SHOW QUERIES")).getFirst();
            assertThat(listed.get(3)).isEqualTo("m{host=\"h\"}[5m]");
            setup.execute("CANCEL QUERY " + listed.getFirst()).close();
            assertThat(session.cancellation().isCancelled()).isTrue();
            assertThatThrownBy(
                            () -> {
                                while (result.next() != null) {
                                    assertThat(result.columns()).hasSize(1);
                                }
                            })
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
        }
    }

    /// A plan that is kept for a shape of statements is one of UTC.
    @Test
    void plansOfOneZoneAreNoneOfAnother() {
        TestEngines.Setup setup = engine(ROWS);
        String sql =
                "SELECT date_trunc('day', time) AS d, max(v) FROM m WHERE host = 'h' GROUP BY d";
        String first = sql + " ORDER BY d LIMIT 1 OFFSET 1";
        Session berlin = session.withTimeZone(ZoneId.of("Europe/Berlin"));
        for (int i = 0; i < 4; i++) {
            assertThat(firstDay(setup, first, session)).isEqualTo("1970-01-02T00:00:00Z");
            assertThat(firstDay(setup, first, berlin)).isEqualTo("1970-01-01T23:00:00Z");
        }
    }

    private static String firstDay(TestEngines.Setup setup, String sql, Session of) {
        Object day = ResultRows.of(setup.engine().execute(sql, of)).getFirst().getFirst();
        return day instanceof Long nanos ? Instant.ofEpochSecond(0, nanos).toString() : "none";
    }
}
