package io.tsdb.loadgen.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.loadgen.Main;
import io.tsdb.loadgen.MemoryServer;
import io.tsdb.loadgen.load.BatchSource;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class ReplayTest {
    @TempDir Path directory = Path.of("");

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static List<String> batches(BatchSource source) throws IOException {
        List<String> batches = new ArrayList<>();
        LineBuffer buffer = new LineBuffer(16);
        while (source.hasNext()) {
            long due = source.dueNanos();
            source.next(buffer);
            batches.add(
                    (due == BatchSource.AT_ONCE ? "at once" : due / 1_000_000 + " ms")
                            + ": "
                            + new String(buffer.bytes(), 0, buffer.size(), StandardCharsets.UTF_8));
        }
        return batches;
    }

    @Test
    void sendsAtAMultipleOfTheRecordedSpeed() throws IOException {
        Path lines =
                file(
                        "a.lp",
                        "# comment\nm,t=a v=1 1000\n\nm,t=a v=2,w=\"x, y\" 3000\nm,t=a v=3 9000\n");
        try (BatchSource source =
                new ReplaySource(
                        ReplaySource.lineProtocol(lines, Precision.MS), 4, 10, Long.MIN_VALUE)) {
            assertThat(batches(source))
                    .containsExactly(
                            "500 ms: m,t=a v=1 1000000000\nm,t=a v=2,w=\"x, y\" 3000000000\n",
                            "2000 ms: m,t=a v=3 9000000000\n");
        }
    }

    @Test
    void movesAllTimesAlong() throws IOException {
        Path lines = file("a.lp", "m v=1 5\nm v=2 7\n");
        try (BatchSource source =
                new ReplaySource(
                        ReplaySource.lineProtocol(lines, Precision.S), 0, 10, 1_000_000_000L)) {
            assertThat(batches(source))
                    .containsExactly("at once: m v=1 1000000000\nm v=2 3000000000\n");
        }
    }

    @Test
    void mapsColumns() throws IOException {
        Path csv =
                file(
                        "c.csv",
                        "time,site name,temp,ok,note\n"
                                + "2026-01-01T00:00:00Z,\"a, b\",1.50,true,\"say \"\"hi\"\"\"\n"
                                + "2026-01-01T01:00:01.5+01:00,,-3e2,,\n"
                                + "1767225602000000000,c,,,\n");
        CsvMapping mapping = new CsvMapping("my m", "time", List.of("site name"), Precision.NS);
        try (BatchSource source =
                new ReplaySource(ReplaySource.csv(csv, mapping), 0, 1, Long.MIN_VALUE)) {
            assertThat(batches(source))
                    .as("an empty cell is absent; a line without a field is left out")
                    .containsExactly(
                            "at once: my\\ m,site\\ name=a\\,\\ b temp=1.50,ok=t,note=\"say"
                                    + " \\\"hi\\\"\" 1767225600000000000\n",
                            "at once: my\\ m temp=-3e2 1767225601500000000\n");
        }
    }

    @Test
    void namesWhatIsWrongInAFile() throws IOException {
        Path csv = file("c.csv", "time,a\nyesterday,1\n");
        assertThatThrownBy(
                        () ->
                                ReplaySource.csv(
                                        csv,
                                        new CsvMapping("m", "when", List.of("b"), Precision.NS)))
                .hasMessageContaining("no column [b, when]");
        CsvMapping mapping = new CsvMapping("m", "time", List.of(), Precision.NS);
        try (RecordedLines lines = ReplaySource.csv(csv, mapping)) {
            assertThatThrownBy(lines::advance)
                    .hasMessageContaining("line 2: 'yesterday' is no time");
        }
        Path text = file("b.lp", "m v=1\n");
        try (RecordedLines lines = ReplaySource.lineProtocol(text, Precision.NS)) {
            assertThatThrownBy(lines::advance).hasMessageContaining("line 1 has no timestamp");
        }
    }

    @Test
    void runsAsACommand() throws IOException {
        Path lines = file("a.lp", "m,t=a v=1 1000\nm,t=a v=2 2000\nm,t=b v=3 2000\n");
        try (MemoryServer server = new MemoryServer()) {
            assertThat(
                            Main.run(
                                    "replay",
                                    lines.toString(),
                                    "--quiet",
                                    "--speed",
                                    "1000000",
                                    "--url",
                                    server.url()))
                    .isZero();
            assertThat(server.points()).isEqualTo(3);
        }
    }
}
