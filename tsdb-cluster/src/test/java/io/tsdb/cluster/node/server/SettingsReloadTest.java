package io.tsdb.cluster.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

class SettingsReloadTest {
    @TempDir Path directory;
    private final List<NodeConfig> applied = new ArrayList<>();

    private ConfigSources read(String text) {
        try {
            Path file = Files.writeString(directory.resolve("tsdb.conf"), text);
            return ConfigSources.resolve(Optional.of(file), Map.of(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What needs a start keeps its value, and is named again at each look.
    @Test
    void takesWhatItCanAndNamesTheRest() {
        var texts = new ArrayList<>(List.of("slow-query = 3s\nshards = 7\n", "shards = 7\n"));
        var reload =
                new SettingsReload(
                        read("slow-query = 1s\n"),
                        () -> read(texts.removeFirst()),
                        UnaryOperator.identity(),
                        applied::add);
        var first = reload.run();
        assertThat(first.applied()).containsExactly("slow-query");
        assertThat(first.needStart()).containsExactly("shards");
        assertThat(applied.getLast().log().slowQuery()).contains(Duration.ofSeconds(3));
        assertThat(applied.getLast().shards()).isEmpty();
        var second = reload.run();
        assertThat(second.applied()).containsExactly("slow-query");
        assertThat(second.needStart()).containsExactly("shards");
        assertThat(applied.getLast().log().slowQuery()).contains(Duration.ofSeconds(10));
    }

    @Test
    void oneThatIsWrongChangesNothing() {
        var reload =
                new SettingsReload(
                        read(""),
                        () -> read("log-level = debug\nslow-query = soon\n"),
                        UnaryOperator.identity(),
                        applied::add);
        assertThatThrownBy(reload::run)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tsdb.conf:2")
                .hasMessageContaining("soon");
        assertThat(applied).isEmpty();
    }

    /// What was set for the whole cluster counts more than what a node's file says, until it is
    /// taken back.
    @Test
    void whatIsSetForTheClusterCountsMore() {
        var clusterWide = new ArrayList<>(List.of("7s", ""));
        var reload =
                new SettingsReload(
                        read("slow-query = 1s\n"),
                        () -> read("slow-query = 1s\n"),
                        read -> {
                            String text = clusterWide.removeFirst();
                            return text.isEmpty()
                                    ? read
                                    : read.with(Map.of(ConfigKey.SLOW_QUERY, text), "cluster");
                        },
                        applied::add);
        assertThat(reload.run().applied()).containsExactly("slow-query");
        assertThat(applied.getLast().log().slowQuery()).contains(Duration.ofSeconds(7));
        assertThat(reload.run().applied()).containsExactly("slow-query");
        assertThat(applied.getLast().log().slowQuery()).contains(Duration.ofSeconds(1));
    }
}
