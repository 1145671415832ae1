package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.admin.ReloadAnswers;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Reads the settings again, where they came from, and hands those on that a node takes while it
/// runs. Any thread.
public final class SettingsReload {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsReload.class);

    private final Supplier<ConfigSources> sources;
    private final UnaryOperator<ConfigSources> over;
    private final Consumer<NodeConfig> apply;

    /// With the old values of what needs a start.
    private ConfigSources inForce;

    /// @param inForce what the node was started with
    /// @param sources reads everything again
    /// @param over puts what counts for the whole cluster over what was read
    public SettingsReload(
            ConfigSources inForce,
            Supplier<ConfigSources> sources,
            UnaryOperator<ConfigSources> over,
            Consumer<NodeConfig> apply) {
        this.over = over;
        this.inForce = inForce;
        this.sources = sources;
        this.apply = apply;
    }

    /// Takes what has changed; all or nothing.
    ///
    /// @throws io.tsdb.cluster.node.config.ConfigException when a setting is wrong: what was in
    ///   force stays so
    public synchronized ReloadAnswers.Outcome run() {
        ConfigSources now = over.apply(sources.get());
        NodeConfig.from(now); // all of it has to be right
        var applied = new ArrayList<String>();
        var needStart = new ArrayList<String>();
        for (ConfigKey key : now.differencesTo(inForce)) {
            (key.isLive() ? applied : needStart).add(key.key());
        }
        ConfigSources merged = now.withOldOf(inForce, key -> !key.isLive());
        apply.accept(NodeConfig.from(merged));
        inForce = merged;
        LOG.info("settings were read again: {} changed, {} need a start", applied, needStart);
        return new ReloadAnswers.Outcome(applied, needStart);
    }
}
