package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A node alone pays nothing for clusters.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NodeAloneIT {
    @TempDir Path temporary;

    @Test
    void loadsNoClassOfRatis() throws Exception {
        Path classes = temporary.resolve("classes.log");
        Map<String, String> environment =
                Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load=info:file=" + classes);
        try (TsdbProcess node =
                        TsdbProcess.run(
                                temporary,
                                environment,
                                "start",
                                "--data=" + temporary.resolve("data"),
                                "--http=127.0.0.1:0",
                                "--line-tcp=off",
                                "--disk-reserve=1MiB");
                HttpClient client = HttpClient.newHttpClient()) {
            URI base = URI.create(node.awaitReady());
            var write =
                    HttpRequest.newBuilder(base.resolve("/write?db=d"))
                            .POST(HttpRequest.BodyPublishers.ofString("m v=1 1"))
                            .build();
            assertThat(client.send(write, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(204);
            var query =
                    HttpRequest.newBuilder(base.resolve("/api/v1/sql?db=d&q=SELECT+v+FROM+m"))
                            .build();
            assertThat(client.send(query, HttpResponse.BodyHandlers.ofString()).body())
                    .contains("\"rowCount\":1");
            node.terminate();
        }
        List<String> loaded = Files.readAllLines(classes);
        assertThat(loaded).anyMatch(line -> line.contains("io.tsdb.cluster.node.server.Node"));
        assertThat(loaded)
                .noneMatch(line -> line.contains(" org.apache.ratis."))
                .noneMatch(line -> line.contains(" io.tsdb.cluster.raft."));
    }

    /// Either kind of data directory is told from the other before anything is opened.
    @Test
    void aDirectoryIsOfOneKind() throws Exception {
        Path data = temporary.resolve("data");
        try (TsdbProcess node = TsdbProcess.start(data)) {
            node.awaitReady();
            node.terminate();
        }
        try (TsdbProcess node =
                TsdbProcess.start(data, "--cluster", "--cluster-seeds=127.0.0.1:9301")) {
            assertThat(node.awaitEnd()).isEqualTo(2);
            assertThat(node.errors()).contains("is of a node alone");
        }
    }
}
