package io.tsdb.loadgen.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.Main;
import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.query.QueryCatalog;
import io.tsdb.loadgen.query.QueryReport;
import io.tsdb.loadgen.query.QueryRun;
import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.FieldSpec;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workloads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class CompareTest {
    private static PeerFigures figures(String peer, double linesPerSecond, double cpu) {
        Latencies latency = new Latencies(10, 5, 5, 6, 7, 8, 9, 10);
        LoadReport load =
                new LoadReport(
                        peer,
                        true,
                        "",
                        "",
                        1,
                        100,
                        1000,
                        10,
                        1,
                        0,
                        0,
                        0,
                        linesPerSecond,
                        0,
                        0,
                        latency,
                        latency,
                        Latencies.NONE,
                        List.of(),
                        Map.of(),
                        List.of());
        return new PeerFigures(
                peer,
                "fsync",
                1,
                linesPerSecond,
                -1,
                90,
                100,
                load,
                cpu,
                1 << 20,
                0.5,
                List.of(),
                "");
    }

    @Test
    void saysHowManyTimesBetterTsdbIs() {
        CompareReport report =
                new CompareReport(
                        "2026-01-01T00:00:00Z",
                        "machine",
                        "loadgen compare",
                        "",
                        "data",
                        Map.of("influxdb", "no influxd on the PATH"),
                        List.of(
                                figures("tsdb", 300, 2),
                                figures("questdb", 100, 1),
                                figures("tsdb", 400, 2),
                                figures("questdb", 200, 1),
                                figures("tsdb", 350, 2),
                                figures("questdb", 175, 1)));
        assertThat(new CompareTable(report).text())
                .containsPattern("\\| lines/s acknowledged +\\| +350 \\| +175 \\(2\\.00x\\) \\|")
                .containsPattern(
                        "\\| server CPU s per M lines +\\| +2\\.00 \\| +1\\.00 \\(0\\.50x\\) \\|")
                .containsPattern("\\| lines/s visible +\\| +- \\| +- \\|")
                .contains(
                        "missing: influxdb: no influxd on the PATH",
                        "questdb: only 90 of 100 lines could be counted");
    }

    @Test
    void namesMissingPeersInsteadOfGuessing(@TempDir Path work) {
        StringWriter out = new StringWriter();
        int status =
                Main.commandLine()
                        .setOut(new PrintWriter(out))
                        .execute(
                                "compare",
                                "--peers",
                                "tsdb,questdb",
                                "--tsdb",
                                work.resolve("none").toString(),
                                "--questdb-jar",
                                work.resolve("none.jar").toString(),
                                "--work",
                                work.toString(),
                                "--scale",
                                "2",
                                "--span",
                                "1m");
        assertThat(status).as("nothing was compared").isOne();
        assertThat(out.toString())
                .contains("missing: tsdb: no launcher at", "missing: questdb: no file");
    }

    @Test
    void asksDuckDbOverParquetFiles(@TempDir Path data) throws IOException, SQLException {
        StreamConfig config =
                new StreamConfig(
                        "cpu-only",
                        4,
                        1,
                        1_451_606_400_000_000_000L,
                        60_000_000_000L,
                        60,
                        1,
                        100,
                        Precision.NS,
                        Disorder.NONE);
        List<String> types = QueryCatalog.types("cpu-only");
        QueryRun queries =
                new QueryRun(
                        config, types, new QueryRun.Settings(1, 1, 2, 1, 0, Duration.ofSeconds(5)));
        Path folder = Files.createDirectories(data.resolve("parts/bench/cpu/date=2016-01-01"));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            StringBuilder columns =
                    new StringBuilder(
                            "TIMESTAMPTZ '2016-01-01T00:00:00Z' + INTERVAL (i) MINUTE AS time,"
                                    + " 'host_' || (i % 4) AS hostname");
            for (FieldSpec field : Workloads.named("cpu-only").measurements().getFirst().fields()) {
                columns.append(", 95 AS ").append(field.name());
            }
            statement.execute(
                    "COPY (SELECT "
                            + columns
                            + " FROM range(60) r(i)) TO '"
                            + folder.resolve("0001.parquet")
                            + "' (FORMAT parquet)");
        }
        Path jar =
                Path.of(
                        org.duckdb.DuckDBDriver.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath());
        List<QueryReport> reports = new DuckDbOverParquet(jar).run(queries, types, 1, 2, data);
        assertThat(reports)
                .hasSameSizeAs(types)
                .allSatisfy(r -> assertThat(r.errors() + r.remark()).as(r.text()).isEqualTo("0"));
    }
}
