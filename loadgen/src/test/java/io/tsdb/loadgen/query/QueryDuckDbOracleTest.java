package io.tsdb.loadgen.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Answers computed from the seed against DuckDB's over the same lines.
class QueryDuckDbOracleTest {
    private static final int RUNS = 3;

    /// One type of each shape of answer.
    private static final List<String> SOME = List.of("cpu-max-all-8", "high-cpu-1", "lastpoint");

    /// 12 devices, a point a minute for 14 hours, with all kinds of disorder.
    private static StreamConfig config(String workload) {
        return new StreamConfig(
                workload,
                12,
                5,
                1_451_606_400_000_000_000L,
                60_000_000_000L,
                840,
                1,
                500,
                Precision.NS,
                new Disorder(0.01, 0.05, 0.05, 0.2, 0.1, 0.02, 0.1));
    }

    private static List<QueryReport> ask(DuckServer server, String workload, List<String> types)
            throws IOException, InterruptedException {
        QueryRun run =
                new QueryRun(
                        config(workload),
                        types,
                        new QueryRun.Settings(42, 1, RUNS, 2, RUNS, Duration.ofSeconds(30)));
        for (String type : types) {
            for (int i = -1; i < RUNS; i++) {
                server.expect(run.spec(type, i));
            }
        }
        return run.run(
                types, QueryDialect.TSDB, Endpoint.parse(server.url()), "bench", "", _ -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-only", "iot"})
    void findsAllAnswersRight(String workload)
            throws SQLException, IOException, InterruptedException {
        try (DuckServer server = new DuckServer(config(workload))) {
            for (QueryReport report : ask(server, workload, QueryCatalog.types(workload))) {
                assertThat(report.remark()).as(report.type()).isEmpty();
                assertThat(report.checked()).isEqualTo(RUNS);
                assertThat(report.runs()).isEqualTo(RUNS);
                assertThat(report.answerBytes()).isPositive();
            }
        }
    }

    @Test
    void saysWhenAValueIsWrong() throws SQLException, IOException, InterruptedException {
        try (DuckServer server = new DuckServer(config("cpu-only"))) {
            server.spoilAnswers(json -> json.replaceFirst("(\\[\\[.*?)\\d+(\\.\\d+)?]", "$14711]"));
            assertThat(ask(server, "cpu-only", SOME))
                    .allSatisfy(r -> assertThat(r.remark()).startsWith("WRONG").contains("4711"));
        }
    }

    @Test
    void saysWhenRowsAreMissing() throws SQLException, IOException, InterruptedException {
        try (DuckServer server = new DuckServer(config("cpu-only"))) {
            server.spoilAnswers(json -> json.replaceFirst("\\[\\[[^]]*],?", "["));
            assertThat(ask(server, "cpu-only", SOME))
                    .allSatisfy(
                            r ->
                                    assertThat(r.remark())
                                            .startsWith("WRONG")
                                            .contains("rows instead of"));
        }
    }
}
