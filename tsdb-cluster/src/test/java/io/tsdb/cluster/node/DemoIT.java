package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `tsdb demo` as a process.
class DemoIT {
    private static final Pattern COUNTED =
            Pattern.compile(
                    "Sent ([0-9,]+) points, [0-9,]+ of them late; count\\(\\*\\) says ([0-9,]+)");
    @TempDir Path directory;

    private TsdbProcess demo(String... more) throws IOException {
        var arguments =
                new java.util.ArrayList<>(
                        List.of("demo", "--devices=20", "--history=30m", "--http=127.0.0.1:0"));
        arguments.add("--line-tcp=127.0.0.1:0");
        arguments.addAll(List.of(more));
        return TsdbProcess.run(directory, arguments.toArray(String[]::new));
    }

    @Test
    void showsPointsTablesAndUrlThenEndsByItself() throws Exception {
        try (TsdbProcess demo = demo("--for=2s", "--data=" + directory.resolve("data"))) {
            assertThat(demo.awaitEnd()).as(demo.errors()).isZero();
            String out = demo.output();
            assertThat(out)
                    .contains("HTTP on http://127.0.0.1:")
                    .contains("points/s  20 series")
                    .contains("on disk")
                    .contains("bytes per value")
                    .contains("GROUP BY depot ORDER BY depot;")
                    .containsPattern("avg_speed +max_speed +avg_cargo")
                    .contains("LATEST BY device")
                    .contains("(5 rows");
            Matcher counted = COUNTED.matcher(out);
            assertThat(counted.find()).as(out).isTrue();
            assertThat(counted.group(2)).isEqualTo(counted.group(1));
        }
    }

    @Test
    void staysUpUntilItIsEndedAndLeavesNothing() throws Exception {
        try (TsdbProcess demo = demo()) {
            String first = demo.awaitLine("tsdb ");
            Path data = Path.of(first.substring(first.indexOf("data in ") + "data in ".length()));
            demo.awaitLine("The fleet is live");
            assertThat(data).isDirectory();
            demo.terminate();
            assertThat(demo.output()).containsPattern(COUNTED);
            assertThat(data).doesNotExist();
        }
    }

    /// Three nodes as processes, one killed under load: the demonstration counts by itself, and is
    /// believed no more than its exit status.
    @Test
    void losesNothingWhenANodeOfThreeIsKilled() throws Exception {
        Path data = directory.resolve("cluster");
        try (TsdbProcess demo =
                TsdbProcess.run(directory, "demo", "--cluster", "--for=1s", "--data=" + data)) {
            assertThat(demo.awaitEnd()).as(demo.errors()).isZero();
            assertThat(demo.output())
                    .containsPattern("node 3  http://127.0.0.1:[0-9]+  pid [0-9]+")
                    .containsPattern("kill -9 [0-9]+ \\(node 2\\)")
                    .containsPattern("The gap: a client waited [0-9,]+ ms at most")
                    .contains("Writes refused: 0")
                    .contains("Node 2 is started again")
                    .doesNotContain("LOST");
            // two after the kill, three when it is back, three at the end
            assertThat(demo.output().split("nothing is lost", -1)).hasSize(9);
            assertThat(data.resolve("node-2").resolve("member")).exists();
        }
    }

    @Test
    void refusesADirectoryThatIsNotEmpty() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("mine"), "precious");
        try (TsdbProcess demo = demo("--for=1s", "--data=" + data)) {
            assertThat(demo.awaitEnd()).isEqualTo(1);
            assertThat(demo.errors()).contains("not empty");
            assertThat(data.resolve("mine")).hasContent("precious");
        }
    }
}
