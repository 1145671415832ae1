package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.cluster.node.training.Training;
import io.tsdb.storage.model.SystemClock;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `tsdb train`: what `./tsdb` runs once after a build, with the JVM recording it.
@Command(
        name = "train",
        hidden = true,
        description =
                "Run a short day of a node in a temporary directory, for the JVM to record it in"
                        + " its ahead-of-time cache (./tsdb does so after a build).",
        mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        TemporaryDirectory directory = TemporaryDirectory.create("tsdb-train-");
        try {
            try (Node node = start(directory.path())) {
                new Training(node).run();
            }
            // a start over data, and questions to a process that has only its parts
            try (Node node = start(directory.path())) {
                new Training(node).goOn();
            }
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        } finally {
            directory.delete();
        }
    }

    private static Node start(Path directory) throws IOException {
        return Node.start(config(directory), SystemClock.wall(), "training");
    }

    private static NodeConfig config(Path directory) {
        Map<ConfigKey, String> settings = new EnumMap<>(ConfigKey.class);
        settings.put(ConfigKey.DATA, directory.toString());
        settings.put(ConfigKey.SYSTEM_METRICS, "off");
        settings.put(ConfigKey.HTTP, "127.0.0.1:0");
        settings.put(ConfigKey.LINE_TCP, "127.0.0.1:0");
        settings.put(ConfigKey.LINE_TCP_DATABASE, "training");
        return NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), settings));
    }
}
