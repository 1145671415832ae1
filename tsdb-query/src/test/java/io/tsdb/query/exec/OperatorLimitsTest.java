package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What runs above the shards holds rows back, and keeps the limits of a query doing so.
class OperatorLimitsTest {
    private static final int ROWS = 40_000;

    /// Room for some dozen expressions, not for the rows.
    private static final QueryLimits LIMITS =
            new QueryLimits(1_000_000, 10_000_000, 1 << 20, Duration.ofSeconds(60));

    private static TestEngines.Setup engine() {
        return engine(ROWS, LIMITS);
    }

    private static TestEngines.Setup engine(int rows, QueryLimits limits) {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < rows; i++) {
            points.add(new TestPoint("m", Map.of("host", "h" + i % 2), i, Map.of("v", i)));
        }
        return TestEngines.of(points, 2, new Layout(1, 1024, true), limits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT lag(v) OVER (ORDER BY time) FROM m",
                "SELECT sum(v) OVER (PARTITION BY host ORDER BY time ROWS 3 PRECEDING) FROM m",
                "SELECT avg(v) OVER (ORDER BY time ROWS BETWEEN 20000 PRECEDING AND 1 PRECEDING)"
                        + " FROM m",
                "SELECT ema(v, 0.5) OVER (ORDER BY v RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING)"
                        + " FROM m",
                "SELECT v FROM m QUALIFY row_number() OVER (PARTITION BY v ORDER BY time) = 1",
                "SELECT time, v FROM m UNION SELECT time, v + 1 FROM m",
                "SELECT time, v FROM m EXCEPT SELECT time, v FROM m WHERE v > 30000",
                "SELECT time, v FROM m INTERSECT ALL SELECT time, v FROM m",
                "SELECT x, count(*) FROM (SELECT v AS x, time FROM m LIMIT 39000) GROUP BY x, time",
                "SELECT count(*) FROM m WHERE v IN (SELECT v FROM m)",
                "SELECT time_bucket('1us', time), v, max(v) FROM (SELECT * FROM m LIMIT 39000)"
                        + " GROUP BY 1, 2 FILL(previous)",
                "SELECT time_bucket('1ns', time), host, max(v) FROM m WHERE time <"
                        + " '1970-01-01T00:00:00.00004Z' GROUP BY 1, 2 FILL(0) ORDER BY 3",
                "WITH a AS (SELECT * FROM m ORDER BY v LIMIT 39000) SELECT count(*) FROM a",
                "SELECT count(*) FROM m AS a JOIN m AS b ON a.v = b.v",
                "SELECT count(*) FROM m AS a FULL JOIN m AS b ON a.v = b.v AND a.time < b.time",
                "SELECT count(*) FROM m AS a CROSS JOIN m AS b",
                "INSERT INTO m2 SELECT * FROM m",
                "SELECT count(b.v) FROM m AS a ASOF JOIN m AS b ON (host)"
            })
    void passTheMemoryOfAQueryWithAnError(String sql) {
        TestEngines.Setup setup = engine();
        assertThatThrownBy(() -> ResultRows.of(setup.execute(sql)))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        assertThat(setup.openScans()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT sum(v) OVER (ORDER BY time ROWS 1000 PRECEDING) FROM m",
                "SELECT median(v) OVER (ORDER BY time RANGE 1h PRECEDING EXCLUDE TIES) FROM m",
                "SELECT count(*) FROM (SELECT v + 1 AS x FROM m LIMIT 30000)",
                "SELECT v FROM m INTERSECT SELECT v FROM m",
                "SELECT time_bucket('1ns', time), max(v) FROM m GROUP BY 1 FILL(0)",
                "SELECT count(*) FROM m WHERE v = (SELECT max(v) FROM m)",
                "SELECT count(*) FROM m AS a JOIN m AS b USING (host) WHERE a.v + b.v < 0",
                "INSERT INTO m2 SELECT * FROM m",
                "SELECT count(b.v) FROM m AS a ASOF JOIN m AS b ON (host)"
            })
    void endWithACancelledQuery(String sql) {
        TestEngines.Setup setup = engine();
        var cancellation = new QueryCancellation();
        cancellation.cancel();
        assertThatThrownBy(
                        () ->
                                ResultRows.of(
                                        setup.engine()
                                                .execute(
                                                        sql,
                                                        Session.of(TestEngines.DATABASE)
                                                                .withCancellation(cancellation))))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
        assertThat(setup.openScans()).isZero();
    }

    /// The smaller side is held, wherever it stands: the larger one has more rows than there is
    /// room for.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count(*) FROM m AS a JOIN (SELECT * FROM m WHERE v < 100) AS b USING (v)",
                "SELECT count(*) FROM (SELECT * FROM m WHERE v < 100) AS b JOIN m AS a USING (v)",
                "SELECT count(a.v) FROM (SELECT * FROM m WHERE v < 100) AS b RIGHT JOIN m AS a ON"
                        + " a.v = b.v AND a.v < 100 WHERE b.v IS NOT NULL",
                "SELECT count(a.v) FROM (SELECT * FROM m WHERE v < 100) AS b ASOF JOIN m AS a USING"
                        + " (host, time)"
            })
    void joinALargeSideWithASmallOne(String sql) {
        var limits = new QueryLimits(1_000_000, 10_000_000, 2 << 20, Duration.ofSeconds(60));
        TestEngines.Setup setup = engine(6 * ROWS, limits);
        assertThat(ResultRows.of(setup.execute(sql)).getFirst()).containsExactly(100L);
    }

    /// Fifty tables, each of the one before it twice: 2 to the 50th power of queries, if they were
    /// planned.
    @Test
    void refuseCommonTablesThatMultiply() {
        var sql = new StringBuilder("WITH t0 AS (SELECT v FROM m)");
        for (int i = 1; i <= 40; i++) {
            String before = "SELECT v FROM t" + (i - 1);
            sql.append(", t" + i + " AS (" + before + " UNION ALL " + before + ")");
        }
        sql.append(" SELECT count(*) FROM t40");
        var one = new TestPoint("m", Map.of("host", "h"), 0, Map.of("v", 1L));
        TestEngines.Setup setup = TestEngines.of(List.of(one), 1, new Layout(1, 1024, true));
        assertThatThrownBy(() -> setup.execute(sql.toString()))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED))
                .hasMessageContaining("common tables");
    }

    /// Each column twice the one below: merged into one expression it would have 2 to the 60th
    /// power of operators.
    @Test
    void computeColumnsOfColumnsStepByStepWhereTheyWouldMultiply() {
        var sql = new StringBuilder("SELECT 1.0 AS x FROM m LIMIT 3");
        for (int i = 0; i < 60; i++) {
            sql.insert(0, "SELECT x + x AS x FROM (").append(")");
        }
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 5; i++) {
            points.add(new TestPoint("m", Map.of("host", "h"), i, Map.of("v", i)));
        }
        TestEngines.Setup setup = TestEngines.of(points, 1, new Layout(1, 1024, true));
        assertThat(ResultRows.of(setup.execute("SELECT sum(x) FROM (" + sql + ")")).getFirst())
                .containsExactly(3 * 0x1p60);
    }
}
