package io.tsdb.loadgen.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.SqlConnection;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// What the client makes of groups against one statement of DuckDB over the points themselves, with
/// the subqueries and window functions that TSBS has.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientFinishTest {
    private static final String BUCKET = "(time // 600000000000) * 600000000000";
    private static final String DAY = "(%s // 86400000000000) * 86400000000000";

    /// 40 trucks, a point every five minutes for two and a half days.
    private static final StreamConfig CONFIG =
            new StreamConfig(
                    "iot",
                    40,
                    5,
                    1_451_606_400_000_000_000L,
                    300_000_000_000L,
                    720,
                    1,
                    500,
                    Precision.NS,
                    new Disorder(0.01, 0.05, 0.05, 0.2, 0.1, 0.02, 0.1));

    private static final Map<String, String> WITHOUT_BOUNDS =
            Map.of(
                    "avg-daily-driving-duration",
                    "SELECT fleet, name, driver, avg(hours) FROM (SELECT fleet, name, driver, "
                            + DAY.formatted("b")
                            + " AS day, count(*) / 6 AS hours FROM (SELECT fleet, name, driver, "
                            + BUCKET
                            + " AS b FROM readings GROUP BY ALL HAVING avg(velocity) > 1)"
                            + " GROUP BY ALL) GROUP BY ALL",
                    "avg-daily-driving-session",
                    "WITH s AS (SELECT name, "
                            + BUCKET
                            + " AS b, avg(velocity) > 5 AS driving FROM readings GROUP BY ALL"
                            + " HAVING avg(velocity) IS NOT NULL), c AS (SELECT name, b, driving,"
                            + " lag(driving) OVER w AS before FROM s WINDOW w AS (PARTITION BY"
                            + " name ORDER BY b)), e AS (SELECT name, b, driving, lead(b) OVER"
                            + " (PARTITION BY name ORDER BY b) AS stop FROM c WHERE driving <>"
                            + " before) SELECT name, "
                            + DAY.formatted("b")
                            + ", avg((stop - b) / 1e9) FROM e WHERE driving AND stop IS NOT NULL"
                            + " GROUP BY ALL",
                    "daily-activity",
                    "SELECT fleet, model, "
                            + DAY.formatted("b")
                            + ", sum(n) / 144 FROM (SELECT fleet, model, name, "
                            + BUCKET
                            + " AS b, count(status) AS n FROM diagnostics GROUP BY ALL HAVING"
                            + " avg(status) < 1) GROUP BY ALL",
                    "breakdown-frequency",
                    "SELECT model, count(*) FROM (SELECT model, broken, lead(broken) OVER"
                            + " (PARTITION BY model, name ORDER BY b) AS next FROM (SELECT model,"
                            + " name, "
                            + BUCKET
                            + " AS b, avg(status) < 1 AS broken FROM diagnostics GROUP BY ALL"
                            + " HAVING avg(status) IS NOT NULL)) WHERE NOT broken AND next"
                            + " GROUP BY ALL");

    private DuckServer server;

    @BeforeAll
    void start() throws SQLException, IOException {
        server = new DuckServer(CONFIG);
    }

    @AfterAll
    void stop() throws SQLException {
        server.close();
    }

    private static String duckSql(QuerySpec spec) {
        String fixed = WITHOUT_BOUNDS.get(spec.type());
        if (fixed != null) {
            return fixed;
        }
        String least = spec.type().equals("long-driving-sessions") ? "22" : "60";
        return "SELECT name, driver, count(*) AS n FROM (SELECT name, driver, "
                + BUCKET
                + " AS b FROM readings WHERE fleet = '"
                + spec.tags().get("fleet")
                + "' AND time >= "
                + spec.fromNanos()
                + " AND time < "
                + spec.toNanos()
                + " GROUP BY ALL HAVING avg(velocity) > 1) GROUP BY ALL HAVING n > "
                + least;
    }

    @ParameterizedTest
    @CsvSource({
        "long-driving-sessions, 6",
        "long-daily-sessions, 6",
        "avg-daily-driving-duration, 1",
        "avg-daily-driving-session, 1",
        "daily-activity, 1",
        "breakdown-frequency, 1"
    })
    void agreesWithDuckDb(String type, int instances) throws Exception {
        int rows = 0;
        for (int i = 0; i < instances; i++) {
            QuerySpec spec = new QueryCatalog(CONFIG).spec(type, new SplittableRandom(i));
            server.expect(spec);
            var finish = new ClientFinish(spec);
            try (var connection =
                    new SqlConnection(
                            Endpoint.parse(server.url()),
                            SqlDialect.TSDB,
                            "bench",
                            "",
                            Duration.ofSeconds(30))) {
                connection.query(QueryDialect.TSDB.text(spec), finish);
            }
            Map<List<String>, Double> expected = server.result(duckSql(spec));
            Map<List<String>, Double> found = finish.result();
            assertThat(found.keySet()).isEqualTo(expected.keySet());
            expected.forEach(
                    (key, value) ->
                            assertThat(found.get(key))
                                    .as(String.valueOf(key))
                                    .isCloseTo(value, within(1e-9)));
            rows += found.size();
        }
        assertThat(rows).isPositive();
    }
}
