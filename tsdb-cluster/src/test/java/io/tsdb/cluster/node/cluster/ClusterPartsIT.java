package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Flushes, merges and deletes go by the log, so three nodes come to the same parts, byte by byte.
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class ClusterPartsIT {
    private static final int ROUNDS = 10;
    private static final int LINES = 400;
    private static final long START = 1_750_000_000_000_000_000L;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private void write(URI node, int round) throws Exception {
        var lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            long time = START + (round * LINES + i) * 1_000_000L;
            lines.append("m,dev=d%d v=%di,x=%d.25 %d\n".formatted(i % 9, i, round, time));
        }
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(node.resolve("/write?db=c"))
                                .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    private String get(URI node, String path) throws Exception {
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(node.resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private String query(URI node, String sql) throws Exception {
        String text = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return get(node, "/api/v1/sql?db=c&format=csv&q=" + text)
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
    }

    private double metric(URI node, String name) throws Exception {
        return get(node, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    /// Directory and CRC of each part's file. Their numbers are each node's own.
    private static List<String> parts(Path data) throws IOException {
        var parts = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
                var crc = new CRC32C();
                crc.update(Files.readAllBytes(file));
                parts.add(
                        data.relativize(file.getParent())
                                + " "
                                + Files.size(file)
                                + " "
                                + Long.toHexString(crc.getValue()));
            }
        } catch (UncheckedIOException e) {
            return List.of("files go while they are listed");
        }
        parts.sort(null);
        return parts;
    }

    /// Waits until nothing is in memory alone anywhere, and all nodes have the same parts.
    private List<String> awaitSameParts(ClusterProcesses cluster) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
        while (true) {
            double waiting = 0;
            var all = new ArrayList<List<String>>();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                waiting += metric(cluster.url(node), "tsdb_head_points");
                all.add(parts(cluster.data(node)));
            }
            boolean same = all.stream().distinct().count() == 1 && !all.getFirst().isEmpty();
            if (waiting == 0 && same) {
                return all.getFirst();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "the nodes' parts differ, %s points in memory:\n%s\n%s\n%s"
                                .formatted(waiting, all.get(0), all.get(1), all.get(2)));
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    @Test
    void replicasFlushMergeAndDeleteAlike() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=500ms")) {
            cluster.launchAll();
            for (int round = 0; round < ROUNDS; round++) {
                write(cluster.url(round % 3), round);
                awaitSameParts(cluster);
            }
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(metric(cluster.url(node), "tsdb_compactions_total")).isPositive();
            }
            int all = ROUNDS * LINES;
            long gone =
                    Long.parseLong(
                            query(cluster.url(1), "SELECT count(*) FROM m WHERE dev = 'd3'"));
            assertThat(query(cluster.url(1), "DELETE FROM m WHERE dev = 'd3'"))
                    .isEqualTo(Long.toString(gone));
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(query(cluster.url(node), "SELECT count(*) FROM m"))
                        .as("node %d", node)
                        .isEqualTo(Long.toString(all - gone));
            }
            // what is deleted stays so when it is merged, and at a node that was away
            cluster.process(2).kill();
            assertThat(query(cluster.url(0), "DELETE FROM m WHERE dev = 'd4' AND x < 3"))
                    .isNotEqualTo("0");
            write(cluster.url(0), ROUNDS);
            cluster.launch(2);
            cluster.awaitReady(2);
            write(cluster.url(2), ROUNDS + 1);
            assertThat(awaitSameParts(cluster)).isNotEmpty();
            String left = query(cluster.url(0), "SELECT count(*), sum(v), sum(x) FROM m");
            assertThat(query(cluster.url(1), "SELECT count(*), sum(v), sum(x) FROM m"))
                    .isEqualTo(left);
            assertThat(query(cluster.url(2), "SELECT count(*), sum(v), sum(x) FROM m"))
                    .isEqualTo(left);
            assertThat(query(cluster.url(2), "SELECT count(*) FROM m WHERE dev = 'd4' AND x < 3"))
                    .isEqualTo("0");
        }
    }
}
