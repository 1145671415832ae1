package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;
import io.tsdb.cluster.raft.FreePorts;

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
import java.util.regex.Pattern;

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

    /// All that it had is there, and comes to the nodes that join.
    @Test
    void becomesTheFirstMemberOfACluster() throws Exception {
        Path data = temporary.resolve("first");
        List<Integer> ports = FreePorts.take(6);
        try (HttpClient client = HttpClient.newHttpClient()) {
            try (TsdbProcess node = TsdbProcess.start(data)) {
                URI base = URI.create(node.awaitReady());
                for (int round = 0; round < 20; round++) {
                    write(client, base, round);
                }
                assertThat(row(client, base)).isEqualTo("2000,1999000");
                node.terminate();
            }
            String listen = "127.0.0.1:" + ports.get(0);
            try (TsdbProcess adopt =
                    TsdbProcess.run(
                            temporary,
                            "cluster",
                            "adopt",
                            "--data=" + data,
                            "--cluster-listen=" + listen,
                            "--cluster-raft=127.0.0.1:" + ports.get(1))) {
                assertThat(adopt.awaitEnd()).as(adopt.errors()).isZero();
            }
            try (TsdbProcess first = member(data, listen, ports, 0)) {
                URI base = URI.create(first.awaitReady());
                assertThat(first.errors()).contains("audit what=[adopt as member ");
                assertThat(row(client, base)).isEqualTo("2000,1999000");
                write(client, base, 20);
                assertThat(row(client, base)).isEqualTo("2100,2203950");
                try (TsdbProcess second = member(temporary.resolve("second"), listen, ports, 2);
                        TsdbProcess third = member(temporary.resolve("third"), listen, ports, 4)) {
                    URI other = URI.create(second.awaitReady());
                    URI last = URI.create(third.awaitReady());
                    while (!isWhole(client, base)) {
                        write(client, last, 21);
                    }
                    first.kill();
                    for (URI node : List.of(other, last)) {
                        assertThat(row(client, node)).isEqualTo("2200,2418900");
                    }
                }
            }
        }
    }

    private static TsdbProcess member(Path data, String seed, List<Integer> ports, int port)
            throws Exception {
        return TsdbProcess.start(
                data,
                "--cluster",
                "--cluster-balance-after=1s",
                "--cluster-seeds=" + seed,
                "--cluster-listen=127.0.0.1:" + ports.get(port),
                "--cluster-raft=127.0.0.1:" + ports.get(port + 1));
    }

    /// A hundred points, of ten series.
    private static void write(HttpClient client, URI node, int round) throws Exception {
        var lines = new StringBuilder();
        for (int i = 100 * round; i < 100 * round + 100; i++) {
            lines.append("m,dev=d%d v=%di %d\n".formatted(i % 10, i, 1_000_000L * i));
        }
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(node.resolve("/write?db=d"))
                                .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    private static String row(HttpClient client, URI node) throws Exception {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(
                                        node.resolve(
                                                "/api/v1/sql?db=d&format=csv&q=SELECT+count(v),sum(v)+FROM+m"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().skip(1).findFirst().orElse("");
    }

    /// Every shard has three replicas, and nothing is on its way.
    private static boolean isWhole(HttpClient client, URI node) throws Exception {
        String map =
                client.send(
                                HttpRequest.newBuilder(node.resolve("/api/v1/cluster")).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        String members =
                client.send(
                                HttpRequest.newBuilder(node.resolve("/api/v1/cluster/members"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        int replicas = 0;
        var lists = Pattern.compile("\"replicas\":\\[([^\\]]*)\\]").matcher(map);
        boolean isWhole = true;
        while (lists.find()) {
            replicas = lists.group(1).split(",").length;
            isWhole &= replicas == 3;
        }
        return isWhole && replicas == 3 && !members.matches("(?s).*(copy|add|leave|remove)\".*");
    }
}
