package io.tsdb.cluster.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.metrics.NodeMetrics.Described;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.cluster.raft.FreePorts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// `docs/metrics.md` is made of the code; `-Dtsdb.write-docs=true` writes it anew. A member has the
/// metrics of clusters, and a node alone those of a log of its own: the page has both.
class MetricsPageTest {
    private static final Path PAGE = Path.of("docs", "metrics.md");
    private static final String OWN = "(tsdb_|process_resident)[a-z0-9_]+";

    @TempDir Path directory;
    private final List<Node> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        List<Integer> ports = FreePorts.take(2);
        nodes.add(started("alone", Map.of()));
        nodes.add(
                started(
                        "member",
                        Map.of(
                                ConfigKey.CLUSTER,
                                "true",
                                ConfigKey.CLUSTER_SEEDS,
                                "127.0.0.1:" + ports.get(0),
                                ConfigKey.CLUSTER_LISTEN,
                                "127.0.0.1:" + ports.get(0),
                                ConfigKey.CLUSTER_RAFT,
                                "127.0.0.1:" + ports.get(1))));
    }

    private Node started(String data, Map<ConfigKey, String> more) throws Exception {
        var options = new EnumMap<ConfigKey, String>(ConfigKey.class);
        options.put(ConfigKey.DATA, directory.resolve(data).toString());
        options.put(ConfigKey.HTTP, "127.0.0.1:0");
        options.put(ConfigKey.LINE_TCP, "off");
        options.putAll(more);
        var sources = ConfigSources.resolve(Optional.empty(), Map.of(), options);
        return Node.start(NodeConfig.from(sources), Clock.systemUTC(), "0.0.0");
    }

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
    }

    /// Of both nodes, each once.
    private Collection<Described> described() {
        var all = new TreeMap<String, Described>();
        for (Node node : nodes) {
            for (Described metric : node.metrics().described()) {
                Described other = all.putIfAbsent(metric.name(), metric);
                assertThat(other == null ? metric : other).isEqualTo(metric);
            }
        }
        return all.values();
    }

    private static String row(Described metric) {
        String label = metric.label().isEmpty() ? "" : "`" + metric.label() + "`";
        return "| `%s` | %s | %s | %s |"
                .formatted(metric.name(), metric.type(), label, metric.meaning());
    }

    @Test
    void thePageListsEveryMetric() throws Exception {
        String rows =
                described().stream()
                        .map(MetricsPageTest::row)
                        .collect(Collectors.joining("\n", "", "\n"));
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf("| `"));
        String tail = page.substring(page.lastIndexOf("| `"));
        tail = tail.substring(tail.indexOf('\n') + 1);
        if (Boolean.getBoolean("tsdb.write-docs")) {
            Files.writeString(PAGE, head + rows + tail);
        } else {
            assertThat(page).isEqualTo(head + rows + tail);
        }
    }

    /// Names and kinds as Prometheus reads them.
    @Test
    void thePageHasTheNamesOfTheText() {
        var inText = new TreeSet<String>();
        for (Node node : nodes) {
            node.metrics()
                    .scrape()
                    .lines()
                    .filter(line -> line.matches("# TYPE " + OWN + " .*"))
                    .forEach(line -> inText.add(line.substring("# TYPE ".length())));
        }
        var described = new TreeSet<String>();
        described().forEach(metric -> described.add(metric.name() + " " + metric.type()));
        assertThat(inText).isSubsetOf(described).hasSizeGreaterThan(60);
        // those of the rest come with the first statement that fails, the first answer
        described.removeAll(inText);
        assertThat(described)
                .containsExactly(
                        "tsdb_statement_errors_total counter", "tsdb_write_answers_total counter");
    }
}
