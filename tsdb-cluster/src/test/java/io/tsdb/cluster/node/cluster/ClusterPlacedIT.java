package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Three nodes and one replica of each of two shards: no node keeps them all, and one keeps none.
/// Each takes writes and queries for all; what needs all shards in one place is refused.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterPlacedIT {
    private static final int SERIES = 40;
    private static final long START = 1_750_000_000_000_000_000L;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// A point of each series: both shards get some.
    private void write(URI node, String measurement, int round) throws Exception {
        var lines = new StringBuilder();
        for (int series = 0; series < SERIES; series++) {
            lines.append(
                    "%s,dev=d%d v=%di %d\n"
                            .formatted(measurement, series, round, START + round * 1_000_000L));
        }
        HttpResponse<String> response =
                send(
                        HttpRequest.newBuilder(node.resolve("/write?db=c"))
                                .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    private HttpResponse<String> sql(URI node, String sql) throws Exception {
        String text = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return send(
                HttpRequest.newBuilder(node.resolve("/api/v1/sql?db=c&format=csv"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("q=" + text)));
    }

    private String firstRow(URI node, String sql) throws Exception {
        HttpResponse<String> response = sql(node, sql);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().lines().skip(1).findFirst().orElse("");
    }

    private double shards(URI node) throws Exception {
        return send(HttpRequest.newBuilder(node.resolve("/metrics")))
                .body()
                .lines()
                .filter(line -> line.startsWith("tsdb_shards "))
                .mapToDouble(line -> Double.parseDouble(line.substring("tsdb_shards ".length())))
                .sum();
    }

    private void assertRefused(URI node, String sql, String why) throws Exception {
        HttpResponse<String> refused = sql(node, sql);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).contains("unsupported").contains("of 2 shards: ").contains(why);
    }

    /// At each node, of which one has no shard and two have one: rows of one series, by a condition
    /// on values, and all that is left.
    private void deletesEverywhere(ClusterProcesses cluster, int all) throws Exception {
        int left = all;
        for (int node = 0; node < ClusterProcesses.SIZE; node++) {
            int perSeries = all / SERIES;
            URI url = cluster.url(node);
            assertThat(firstRow(url, "DELETE FROM m WHERE dev = 'd" + node + "'"))
                    .isEqualTo("" + perSeries);
            left -= perSeries;
            assertThat(firstRow(url, "DELETE FROM m WHERE v = " + node))
                    .as("of all series that are left")
                    .isEqualTo("" + (SERIES - node - 1));
            left -= SERIES - node - 1;
            for (int other = 0; other < ClusterProcesses.SIZE; other++) {
                assertThat(firstRow(cluster.url(other), "SELECT count(*) FROM m"))
                        .isEqualTo("" + left);
            }
            all -= SERIES;
        }
        assertThat(firstRow(cluster.url(0), "TRUNCATE m")).isEqualTo("" + left);
        assertThat(firstRow(cluster.url(1), "SELECT count(*) FROM m")).isEqualTo("0");
    }

    @Test
    void nodesThatKeepSomeShardsWriteAndReadAll() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--cluster-replicas=1")) {
            cluster.launchAll();
            Set<Double> kept = new TreeSet<>();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                kept.add(shards(cluster.url(node)));
                String map =
                        send(HttpRequest.newBuilder(cluster.url(node).resolve("/api/v1/cluster")))
                                .body();
                assertThat(map.split("\"address\"", -1))
                        .as("members, also the one without a shard: %s", map)
                        .hasSize(1 + ClusterProcesses.SIZE);
            }
            assertThat(kept).as("shards of each node").containsExactly(0.0, 1.0);
            // again at each, when it knows the schema and would know ids
            for (int round = 0; round < 2 * ClusterProcesses.SIZE; round++) {
                write(cluster.url(round % ClusterProcesses.SIZE), "m", round);
                for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                    assertThat(firstRow(cluster.url(node), "SELECT count(*), max(v) FROM m"))
                            .as("round %d, node %d", round, node)
                            .isEqualTo((round + 1) * SERIES + "," + round);
                }
            }
            int all = 2 * ClusterProcesses.SIZE * SERIES;
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                URI url = cluster.url(node);
                Path target = temporary.resolve("export-" + node);
                assertRefused(url, "EXPORT m TO '" + target + "'", "tsdb export");
                assertRefused(url, "BACKUP TO '" + target + "'", "tsdb export");
                assertThat(target).doesNotExist();
                assertThat(firstRow(url, "SELECT count(*) FROM m")).isEqualTo("" + all);
            }
            deletesEverywhere(cluster, all);
            write(cluster.url(0), "gone", 0);
            assertThat(sql(cluster.url(1), "DROP MEASUREMENT gone").statusCode()).isEqualTo(200);
            assertThat(sql(cluster.url(2), "SELECT count(*) FROM gone").body())
                    .contains("unknown_measurement");
        }
    }
}
