package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.admin.SharedSettings;
import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.shard.Store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/// Settings that count for every node of a cluster, in place of what each was started with: a
/// document of the catalog, a line `key=value` each. Any thread.
final class ClusterSettings implements SharedSettings, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSettings.class);
    private static final String DOCUMENT = "settings";

    private final Store store;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().name("cluster-settings").daemon().unstarted(work));

    ClusterSettings(Store store) {
        this.store = store;
    }

    /// @param changed told that they are others, and once now
    void follow(Runnable changed) {
        store.catalog().follow(DOCUMENT, _ -> run(changed));
    }

    private void run(Runnable changed) {
        try {
            thread.execute(
                    () -> {
                        try {
                            changed.run();
                        } catch (ConfigException e) {
                            LOG.error("settings of the cluster are not taken: {}", e.getMessage());
                        }
                    });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: settings are not looked at", e);
        }
    }

    private Optional<CatalogState.Document> document() {
        return store.catalog().document(DOCUMENT);
    }

    @Override
    public Map<String, String> all() {
        var all = new TreeMap<String, String>();
        document()
                .map(CatalogState.Document::text)
                .orElse("")
                .lines()
                .map(line -> line.split("=", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> all.put(parts[0], parts[1]));
        return all;
    }

    /// What a node's own sources say, with these in their place. One that this program does not
    /// know any more is passed over.
    ConfigSources over(ConfigSources own) {
        var values = new TreeMap<ConfigKey, String>();
        all().forEach(
                        (name, text) ->
                                ConfigKey.of(name)
                                        .filter(ConfigKey::isClusterWide)
                                        .ifPresent(key -> values.put(key, text)));
        return own.with(values, "the cluster (tsdb cluster set)");
    }

    @Override
    public void set(String name, Optional<String> value) throws IOException {
        ConfigKey key =
                ConfigKey.of(name)
                        .filter(ConfigKey::isClusterWide)
                        .orElseThrow(
                                () ->
                                        new ConfigException(
                                                "'"
                                                        + name
                                                        + "' cannot be set for a cluster that"
                                                        + " runs"));
        value.ifPresent(text -> check(key, text));
        while (true) {
            Optional<CatalogState.Document> before = document();
            var next = new TreeMap<>(all());
            value.ifPresentOrElse(text -> next.put(key.key(), text), () -> next.remove(key.key()));
            String text =
                    next.entrySet().stream()
                            .map(one -> one.getKey() + "=" + one.getValue() + "\n")
                            .collect(Collectors.joining());
            long expected = before.map(CatalogState.Document::index).orElse(0L);
            if (store.setDocument(DOCUMENT, expected, text)) {
                return;
            }
        }
    }

    private static void check(ConfigKey key, String text) {
        if (text.indexOf('\n') >= 0) {
            throw new ConfigException(key.key() + ": a value of several lines");
        }
        NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), Map.of(key, text)));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
