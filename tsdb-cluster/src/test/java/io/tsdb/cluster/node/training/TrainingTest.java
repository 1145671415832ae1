package io.tsdb.cluster.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.storage.model.SystemClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The questions that are recorded: each can be answered, from the head, from parts and after a
/// restart alike, and together they go through the operators that TSBS and dashboards need.
class TrainingTest {
    private static final String DATABASE = "training";

    /// What their plans have between them, as `EXPLAIN` says it.
    private static final List<String> OPERATORS =
            List.of(
                    "merge groups",
                    "merge newest rows",
                    "gather rows",
                    "group by",
                    "one group",
                    "newest row by",
                    "newest 5 buckets only",
                    "nearest row on",
                    "window",
                    "filter",
                    "project",
                    "sort by",
                    "limit");

    @TempDir Path directory;

    private Node start() throws Exception {
        Map<ConfigKey, String> settings = new EnumMap<>(ConfigKey.class);
        settings.put(ConfigKey.DATA, directory.resolve("data").toString());
        settings.put(ConfigKey.SYSTEM_METRICS, "off");
        settings.put(ConfigKey.HTTP, "127.0.0.1:0");
        settings.put(ConfigKey.LINE_TCP, "127.0.0.1:0");
        return Node.start(
                NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), settings)),
                SystemClock.wall(),
                "test");
    }

    private static void write(Node node, byte[] lines, String precision) throws Exception {
        URI uri = URI.create(node.url() + "/write?db=" + DATABASE + "&precision=" + precision);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(lines))
                            .build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                    .isEqualTo(204);
        }
    }

    private static List<String> asked() {
        var all = new ArrayList<String>();
        Training.questions().forEach(q -> all.add(q.replace("%s", TrainingLines.range(0))));
        return all;
    }

    /// How many rows each question has.
    private static List<Integer> rowCounts(Node node) throws Exception {
        var counts = new ArrayList<Integer>();
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            for (String question : asked()) {
                counts.add(client.query(DATABASE, question).rows().size());
            }
        }
        return counts;
    }

    @Test
    void eachIsAnsweredAlikeWhereverTheDataLies() throws Exception {
        List<Integer> fromHead;
        try (Node node = start()) {
            var lines = new TrainingLines();
            write(node, lines.wide(0), "ns");
            write(node, lines.narrow(0), "ms");
            write(node, lines.narrow(20), "ms");
            write(node, lines.device(0), "ns");
            write(node, lines.device(20), "ns");
            fromHead = rowCounts(node);
            node.flush();
            assertThat(rowCounts(node)).isEqualTo(fromHead);
        }
        try (Node node = start()) {
            assertThat(rowCounts(node)).isEqualTo(fromHead);
        }
        assertThat(fromHead.stream().filter(count -> count > 0).count())
                .isGreaterThan(fromHead.size() * 3L / 4);
    }

    @Test
    void theyGoThroughTheOperators() throws Exception {
        var met = new TreeSet<String>();
        try (Node node = start();
                var client = new SqlClient(node.url(), Optional.empty())) {
            var lines = new TrainingLines();
            write(node, lines.wide(0), "ns");
            write(node, lines.narrow(0), "ms");
            write(node, lines.device(0), "ns");
            for (String question : asked()) {
                if (question.startsWith("SHOW")) {
                    continue;
                }
                for (List<String> row : client.query(DATABASE, "EXPLAIN " + question).rows()) {
                    String line = row.getFirst().strip();
                    OPERATORS.stream().filter(line::contains).forEach(met::add);
                }
            }
        }
        assertThat(met).containsExactlyInAnyOrderElementsOf(OPERATORS);
    }
}
