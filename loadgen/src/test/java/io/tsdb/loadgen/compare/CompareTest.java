package io.tsdb.loadgen.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.Main;
import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.load.LoadReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class CompareTest {
    private static PeerFigures figures(String peer, double linesPerSecond, double cpu) {
        Latencies latency = new Latencies(10, 5, 5, 6, 7, 8, 9, 10);
        LoadReport load =
                new LoadReport(
                        peer,
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
}
