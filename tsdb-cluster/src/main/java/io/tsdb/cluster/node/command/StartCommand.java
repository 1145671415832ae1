package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.config.UnknownVariables;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.node.logging.LogOutput;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.cluster.node.training.Preload;
import io.tsdb.storage.io.DirectoryOwner;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);
    private static final long STOP_SECONDS_MAX = 9;

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
        HangUp hangUp = HangUp.listen();
        ConfigSources sources = sources();
        List<String> unknown = UnknownVariables.in(System.getenv());
        if (printConfig) {
            print(sources, unknown);
            return;
        }
        NodeConfig config = NodeConfig.from(sources);
        LogOutput.apply(config.log().format(), config.log().level());
        unknown.forEach(LOG::warn); // before a refusal, which one of them may be the reason of
        DirectoryOwner.warning(config.data()).ifPresent(LOG::warn);
        serve(config, sources, hangUp);
    }

    private void print(ConfigSources sources, List<String> unknown) {
        PrintWriter err = spec.commandLine().getErr();
        unknown.forEach(one -> err.println("tsdb start: " + one));
        err.flush();
        NodeConfig.from(sources); // all of it has to be right
        spec.commandLine().getOut().print(sources.print());
        spec.commandLine().getOut().flush();
    }

    /// As they are now: file and files of secrets may have changed since the last look.
    private ConfigSources sources() {
        return ConfigSources.resolve(
                configFile, System.getenv(), ConfigOptions.given(spec.commandLine()));
    }

    private void serve(NodeConfig config, ConfigSources sources, HangUp hangUp) {
        Ticker ticker = SystemClock.ticker();
        var closed = new CountDownLatch(1);
        try {
            long toldNanos = serveUntilTold(config, sources, hangUp, ticker, closed);
            long tookNanos = ticker.nanos() - toldNanos;
            LOG.info("stopped in {} ms", TimeUnit.NANOSECONDS.toMillis(tookNanos));
        } catch (CorruptDataException e) {
            throw new CommandFailure(
                    e.getMessage()
                            + "; `tsdb check "
                            + config.data()
                            + "` names everything that is damaged and what can be done");
        } catch (IOException e) {
            throw CommandFailure.of(e);
        } catch (UncheckedIOException e) {
            throw CommandFailure.of(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed.countDown();
        }
    }

    /// @param closed counted down when the node is
    /// @return when it was told to end
    private long serveUntilTold(
            NodeConfig config,
            ConfigSources sources,
            HangUp hangUp,
            Ticker ticker,
            CountDownLatch closed)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        var ended = new CountDownLatch(1);
        try (Node node = Node.start(config, SystemClock.wall(), Version.current())) {
            Preload.begin();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(ended, closed), "shutdown"));
            node.settingsFrom(sources, this::sources);
            node.firstToken()
                    .ifPresent(
                            token ->
                                    out.println(
                                            "token "
                                                    + token.text()
                                                    + " (admin; shown this once, not stored)"));
            out.println("ready " + node.url());
            out.flush();
            hangUp.does(() -> reload(node));
            ended.await();
            return ticker.nanos();
        }
    }

    /// By SIGHUP.
    private static void reload(Node node) {
        try {
            node.reloadSettings()
                    .ifPresent(
                            outcome ->
                                    AuditLog.say(
                                            "",
                                            AuditLog.COMMAND_LINE,
                                            "reload settings",
                                            "done",
                                            new LogField("changed", outcome.applied())));
        } catch (ConfigException e) {
            LOG.error("settings stay as they were: {}", e.getMessage());
        }
    }

    /// The JVM halts when its shutdown hooks are done, so this one waits for the node to close; not
    /// longer than whoever stops services (systemd, Docker) waits before the kill.
    private void end(CountDownLatch ended, CountDownLatch closed) {
        ended.countDown();
        try {
            if (!closed.await(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(
                        "tsdb start: not everything ended within "
                                + STOP_SECONDS_MAX
                                + " s; nothing that was acknowledged is lost, the next start"
                                + " replays the log");
                err.flush();
            }
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
