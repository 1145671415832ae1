package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The short day of a node that `./tsdb` records after a build.
class TrainIT {
    @TempDir Path directory;

    @Test
    void runsToItsEndAndLeavesNothingBehind() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Map<String, String> environment =
                Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        try (TsdbProcess train = TsdbProcess.run(directory, environment, "train")) {
            assertThat(train.awaitEnd()).as(train.errors()).isZero();
            assertThat(train.errors()).doesNotContain("WARN").doesNotContain("ERROR");
        }
        assertThat(left(temporary)).noneMatch(name -> name.startsWith("tsdb-train"));
    }

    private static List<String> left(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        }
    }
}
