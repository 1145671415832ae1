package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SystemClock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// `tsdb start`: a node in the foreground, until it is told to end (SIGTERM, Ctrl-C). The first
/// line on standard output is `ready http://HOST:PORT`; the log goes to standard error.
@Command(
        name = "start",
        description = {
            "Start a node and serve until SIGTERM or Ctrl-C.",
            "Prints 'ready http://HOST:PORT' once it serves; the log goes to standard error.",
            "Each option below is also a key of the configuration file, and an environment variable"
                    + " (--line-tcp: TSDB_LINE_TCP)."
        },
        mixinStandardHelpOptions = true)
public final class StartCommand implements Runnable {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "configuration file; deploy/tsdb.conf is a commented sample")
    private Optional<Path> configFile;

    @Option(
            names = "--print-config",
            description = "print the settings in force and where each comes from, and end")
    private boolean printConfig;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        ConfigSources sources =
                ConfigSources.resolve(
                        configFile, System.getenv(), ConfigOptions.given(spec.commandLine()));
        NodeConfig config = NodeConfig.from(sources);
        if (printConfig) {
            spec.commandLine().getOut().print(sources.print());
            spec.commandLine().getOut().flush();
            return;
        }
        serve(config);
    }

    private void serve(NodeConfig config) {
        PrintWriter out = spec.commandLine().getOut();
        var ended = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        try (Node node = Node.start(config, SystemClock.wall(), Version.current())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(ended, closed), "shutdown"));
            node.firstToken()
                    .ifPresent(
                            token ->
                                    out.println(
                                            "token "
                                                    + token.text()
                                                    + " (admin; shown this once, not stored)"));
            out.println("ready " + node.url());
            out.flush();
            ended.await();
        } catch (CorruptDataException e) {
            throw new CommandFailure(
                    e.getMessage()
                            + "; `tsdb check "
                            + config.data()
                            + "` names everything that is damaged and what can be done");
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed.countDown();
        }
    }

    /// The JVM halts when its shutdown hooks are done, so this one waits for the node to close.
    private static void end(CountDownLatch ended, CountDownLatch closed) {
        ended.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What [io.tsdb.cluster.node.Main] adds to this command: an option for each key.
    public static void addOptions(CommandSpec spec) {
        for (ConfigKey key : ConfigKey.values()) {
            ConfigOptions.add(spec, key);
        }
    }
}
