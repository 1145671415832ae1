package io.tsdb.cluster.node.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.DurationText;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.demo.ClusterDemonstration;
import io.tsdb.cluster.node.demo.Demonstration;
import io.tsdb.cluster.node.demo.FleetFeed;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;

import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// `tsdb demo`: a node on an empty directory, a simulated fleet that writes to it, and what can be
/// asked of it.
@Command(
        name = "demo",
        description = {
            "Start a node on an empty directory, send it a day of a simulated fleet of trucks over"
                    + " line protocol, show what it does, and run three queries.",
            "Stays up, with the fleet live, until Ctrl-C; what it stored in a temporary directory"
                    + " is then deleted."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final String DATABASE = Demonstration.DATABASE;
    private static final long SEED = 20260101;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "end by itself after about this long, such as 20s (default: stay up)")
    private Optional<String> time;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "empty directory to use and keep (default: a temporary one)")
    private Optional<Path> data;

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "300",
            description = "trucks (default: ${DEFAULT-VALUE})")
    private int devices;

    @Option(
            names = "--history",
            paramLabel = "DURATION",
            defaultValue = "24h",
            description = "how much of the past to send (default: ${DEFAULT-VALUE})")
    private String history;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description =
                    "address of HTTP (default: 127.0.0.1:8086, or a free port if that is taken)")
    private Optional<String> http;

    @Option(
            names = "--line-tcp",
            paramLabel = "HOST:PORT",
            description = "address of line protocol (default: 127.0.0.1:9009, or a free port)")
    private Optional<String> lineTcp;

    @Option(
            names = "--cluster",
            description =
                    "three nodes on this machine instead: clients write to all of them, one node is"
                            + " killed with -9 and comes back, and nothing is lost; of the other"
                            + " options only --for and --data matter")
    private boolean cluster;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Optional<Duration> limit = time.map(this::duration);
        Duration past = duration(history);
        quietLog();
        if (devices < 1 || devices > 100_000) {
            throw new ParameterException(spec.commandLine(), "--devices is 1 to 100000");
        }
        Path directory =
                data.isPresent()
                        ? emptyDirectory(data.get())
                        : TemporaryDirectory.create("tsdb-demo-").path();
        var stop = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, ended), "shutdown"));
        if (cluster) {
            return runCluster(directory, limit, stop, ended);
        }
        try (Node node = startNode(directory)) {
            return run(node, directory, past, limit, stop) ? 0 : 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IOException | CorruptDataException e) {
            throw CommandFailure.of(e);
        } finally {
            if (data.isEmpty()) {
                new TemporaryDirectory(directory).delete();
            }
            ended.countDown();
        }
    }

    private int runCluster(
            Path directory, Optional<Duration> limit, CountDownLatch stop, CountDownLatch ended)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("tsdb %s, three nodes, data in %s%n", Version.current(), directory);
        out.flush();
        try (var show =
                new ClusterDemonstration(
                        directory, out, stop, SystemClock.wall(), SystemClock.ticker())) {
            return show.run(limit) ? 0 : 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        } finally {
            if (data.isEmpty()) {
                new TemporaryDirectory(directory).delete();
            }
            ended.countDown();
        }
    }

    private boolean run(
            Node node, Path directory, Duration past, Optional<Duration> limit, CountDownLatch stop)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Ticker ticker = SystemClock.ticker();
        out.printf("tsdb %s, HTTP on %s, data in %s%n", Version.current(), node.url(), directory);
        out.printf(
                "%d trucks, the last %s as fast as it goes, then live; some reports are late.%n%n",
                devices, history);
        out.flush();
        try (var feed =
                new FleetFeed(
                        devices,
                        SEED,
                        past.toSeconds(),
                        node.lineTcpAddress().orElseThrow(),
                        SystemClock.wall())) {
            boolean terminal = System.console() != null && System.console().isTerminal();
            var show = new Demonstration(node, feed, directory, out, terminal, stop, ticker);
            long began = ticker.nanos();
            feed.start();
            show.watchUntilPresent(limit.orElse(PATIENCE));
            show.showParts();
            show.showQueries();
            out.printf("%nAsk it yourself: ./tsdb sql --url %s --db %s%n", node.url(), DATABASE);
            if (limit.isEmpty()) {
                out.println("The fleet is live; Ctrl-C ends it.");
            }
            out.println();
            Duration shown = Duration.ofNanos(ticker.nanos() - began);
            show.watch(limit.map(whole -> whole.minus(shown)).orElse(FOR_EVER));
            return show.countAll();
        }
    }

    private Node startNode(Path directory) throws IOException {
        try {
            return Node.start(
                    config(
                            directory,
                            http.orElse(ConfigKey.HTTP.defaultText()),
                            lineTcp.orElse(ConfigKey.LINE_TCP.defaultText())),
                    SystemClock.wall(),
                    Version.current());
        } catch (IOException e) {
            if (http.isPresent() || lineTcp.isPresent()) {
                throw e;
            }
            // a node runs here already, most likely
            return Node.start(
                    config(directory, "127.0.0.1:0", "127.0.0.1:0"),
                    SystemClock.wall(),
                    Version.current());
        }
    }

    /// The environment has no say: the demonstration is the same for everybody.
    private static NodeConfig config(Path directory, String http, String lineTcp) {
        Map<ConfigKey, String> settings = new EnumMap<>(ConfigKey.class);
        settings.put(ConfigKey.DATA, directory.toString());
        settings.put(ConfigKey.SYSTEM_METRICS, "off");
        settings.put(ConfigKey.HTTP, http);
        settings.put(ConfigKey.LINE_TCP, lineTcp);
        settings.put(ConfigKey.LINE_TCP_DATABASE, DATABASE);
        return NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), settings));
    }

    private Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// The terminal is for what is shown; what goes wrong is still logged.
    private static void quietLog() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.WARN);
        }
    }

    private static Path emptyDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new CommandFailure(
                        directory + " is not empty, and the demonstration starts from nothing");
            }
        }
        return directory;
    }

    /// Ctrl-C: the JVM halts when its shutdown hooks are done, so this one waits for the end.
    private static void end(CountDownLatch stop, CountDownLatch ended) {
        stop.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
