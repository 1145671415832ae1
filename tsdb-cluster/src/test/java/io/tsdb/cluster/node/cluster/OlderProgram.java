package io.tsdb.cluster.node.cluster;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Program;

import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// `tsdb start` as a program of the level before this one's would do it, for tests: it says that it
/// speaks no newer one, and so writes nothing of it.
public final class OlderProgram {
    static final String VERSION = "0.0.1";

    private OlderProgram() {}

    /// @param args `start`, then options with their values: `--cluster`, `--data=DIR`
    public static void main(String[] args) throws Exception {
        var options = new EnumMap<ConfigKey, String>(ConfigKey.class);
        for (String arg : args) {
            if (arg.startsWith("--")) {
                String[] words = arg.substring("--".length()).split("=", 2);
                options.put(
                        ConfigKey.of(words[0]).orElseThrow(),
                        words.length == 1 ? "true" : words[1]);
            }
        }
        var sources = ConfigSources.resolve(Optional.empty(), Map.of(), options);
        var levels = new Levels(Levels.CURRENT.oldest(), Levels.CURRENT.newest() - 1);
        Node node =
                Node.start(
                        NodeConfig.from(sources), Clock.systemUTC(), new Program(VERSION, levels));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        System.out.println("ready " + node.url());
        new CountDownLatch(1).await();
    }
}
