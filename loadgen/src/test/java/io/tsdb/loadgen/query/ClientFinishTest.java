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

    private DuckServer server;

    @BeforeAll
    void start() throws SQLException, IOException {
        server = new DuckServer(CONFIG);
    }

    @AfterAll
    void stop() throws SQLException {
        server.close();
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
                connection.query(QueryDialect.groups(spec), finish);
            }
            Map<List<String>, Double> expected = server.result(FinishedSql.of(spec));
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
