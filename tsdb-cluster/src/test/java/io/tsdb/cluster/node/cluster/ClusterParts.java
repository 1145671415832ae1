package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What tests ask nodes of a cluster over HTTP, and what parts lie on their disks.
final class ClusterParts implements AutoCloseable {
    private static final long SECONDS_MAX = 100;
    private static final int LINES = 400;
    private static final int ROUNDS_A_FIELD = 4;
    private static final long START = 1_750_000_000_000_000_000L;

    private final HttpClient client = HttpClient.newHttpClient();
    private final ClusterProcesses cluster;

    ClusterParts(ClusterProcesses cluster) {
        this.cluster = cluster;
    }

    static int lines() {
        return LINES;
    }

    /// Writes a round of points of `m` at a node.
    void write(int node, int round) throws Exception {
        write(node, "m", "", round);
    }

    /// The same of a measurement that gets another field every few rounds.
    void writeGrowing(int node, String measurement, int round) throws Exception {
        write(node, measurement, ",f%d=%di".formatted(round / ROUNDS_A_FIELD, round), round);
    }

    /// @param more fields
    private void write(int node, String measurement, String more, int round) throws Exception {
        var lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            long time = START + (round * LINES + i) * 1_000_000L;
            lines.append(
                    "%s,dev=d%d v=%di,x=%d.25%s %d\n"
                            .formatted(measurement, i % 9, i, round, more, time));
        }
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(cluster.url(node).resolve("/write?db=c"))
                                .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    String get(int node, String path) throws Exception {
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(cluster.url(node).resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    /// The first row of an answer, as CSV.
    String query(int node, String sql) throws Exception {
        String text = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return get(node, "/api/v1/sql?db=c&format=csv&q=" + text)
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
    }

    /// @param name with its labels
    double metric(int node, String name) throws Exception {
        return get(node, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    /// Parquet files of a node's parts, by path.
    static List<Path> files(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(f -> f.toString().endsWith(".parquet")).sorted().toList();
        }
    }

    /// Directory and CRC of each part's file. Their numbers are each node's own.
    static List<String> parts(Path data) throws IOException {
        var parts = new ArrayList<String>();
        try {
            for (Path file : files(data)) {
                var crc = new CRC32C();
                crc.update(Files.readAllBytes(file));
                parts.add(
                        data.relativize(file.getParent())
                                + " "
                                + Files.size(file)
                                + " "
                                + Long.toHexString(crc.getValue()));
            }
        } catch (UncheckedIOException | NoSuchFileException e) {
            return List.of("files go while they are listed");
        }
        parts.sort(null);
        return parts;
    }

    /// Waits until nothing is in memory alone anywhere, and all nodes have the same parts.
    List<String> awaitSame() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            double waiting = 0;
            var all = new ArrayList<List<String>>();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                waiting += metric(node, "tsdb_head_points");
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

    /// What is waited for.
    interface Condition {
        boolean holds() throws Exception;
    }

    /// Waits until something holds.
    static void await(Condition condition, Supplier<String> text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not come: " + text.get());
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
