package io.tsdb.loadgen.command;

import io.tsdb.loadgen.compare.CompareReport;
import io.tsdb.loadgen.compare.CompareRun;
import io.tsdb.loadgen.compare.CompareTable;
import io.tsdb.loadgen.compare.DuckDbOverParquet;
import io.tsdb.loadgen.compare.Machine;
import io.tsdb.loadgen.compare.Peer;
import io.tsdb.loadgen.compare.PeerFigures;
import io.tsdb.loadgen.compare.Peers;
import io.tsdb.loadgen.query.QueryCatalog;
import io.tsdb.loadgen.query.QueryRun;
import io.tsdb.loadgen.workload.StreamConfig;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Compares servers.
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the same load and queries against tsdb and those peers that it finds, one after"
                    + " the other, each started and stopped here",
            "on loopback with fresh data, and prints one table. Data without disorder, so that"
                    + " lines can be counted."
        })
public final class CompareCommand implements Callable<Integer> {
    @Mixin private StreamOptions stream = new StreamOptions();

    @Option(
            names = "--peers",
            split = ",",
            description =
                    "of tsdb, questdb, questdb-sync, influxdb, victoria-metrics, duckdb (default:"
                            + " all)")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--rounds",
            defaultValue = "1",
            description =
                    "rounds over all peers; the table has medians (default: ${DEFAULT-VALUE})")
    private int rounds = 1;

    @Option(
            names = {"-c", "--connections"},
            defaultValue = "4",
            description = "connections that load (default: ${DEFAULT-VALUE})")
    private int connections = 4;

    @Option(
            names = "--types",
            split = ",",
            description = "query types, or none (default: all of the workload)")
    private List<String> types = new ArrayList<>();

    @Option(
            names = "--runs",
            defaultValue = "10",
            description = "questions measured per type (default: ${DEFAULT-VALUE})")
    private int runs = 10;

    @Option(
            names = "--check",
            defaultValue = "1",
            description =
                    "answers per type that are compared with the seed, where they are SQL (default:"
                            + " ${DEFAULT-VALUE})")
    private int checks = 1;

    @Option(
            names = "--settle",
            defaultValue = "5s",
            converter = DurationText.class,
            description = "wait before the disk is looked at (default: ${DEFAULT-VALUE})")
    private Duration settle = Duration.ofSeconds(5);

    @Option(
            names = "--tsdb",
            defaultValue = "./tsdb",
            description = "launcher of tsdb (default: ${DEFAULT-VALUE})")
    private Path tsdb = Path.of("./tsdb");

    @Option(names = "--questdb-jar", description = "jar of QuestDB (default: copied by Maven)")
    private @Nullable Path questdbJar;

    @Option(names = "--duckdb-jar", description = "JDBC jar of DuckDB (default: copied by Maven)")
    private @Nullable Path duckdbJar;

    @Option(
            names = "--work",
            description =
                    "directory for data, logs and downloads (default: loadgen-compare in the"
                            + " system's temporary directory)")
    private @Nullable Path work;

    @Option(names = "--json", description = "file for the report as JSON, all rounds in it")
    private @Nullable Path json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        stream.orderly = true;
        StreamConfig config = stream.config(1, false);
        Path directory =
                (work == null
                                ? Path.of(System.getProperty("java.io.tmpdir"), "loadgen-compare")
                                : work)
                        .toAbsolutePath();
        Files.createDirectories(directory);
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> missing = new LinkedHashMap<>();
        List<Peer> found = new ArrayList<>();
        @Nullable DuckDbOverParquet parquet = null;
        for (String name : peers.isEmpty() ? Peers.NAMES : peers) {
            Optional<String> reason;
            if (name.equals(DuckDbOverParquet.NAME)) {
                DuckDbOverParquet wanted = new DuckDbOverParquet(duckdbJar);
                reason = wanted.missing(directory);
                parquet = reason.isEmpty() ? wanted : null;
            } else {
                Peer peer = Peers.named(name, tsdb, questdbJar);
                reason = peer.missing(directory);
                if (reason.isEmpty()) {
                    found.add(peer);
                }
            }
            reason.ifPresent(why -> missing.put(name, why));
        }
        if (parquet != null && missing.containsKey("tsdb")) {
            missing.put(DuckDbOverParquet.NAME, "it reads tsdb's files, and tsdb is missing");
        }
        CompareRun run =
                new CompareRun(
                        config,
                        connections,
                        types(config),
                        new QueryRun.Settings(42, 2, runs, 1, checks, Duration.ofMinutes(5)),
                        settle,
                        directory);
        List<PeerFigures> results = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Peer peer : found) {
                String prefix = "round " + round + " " + peer.name() + ": ";
                try {
                    results.addAll(
                            run.round(
                                    peer,
                                    peer.name().equals("tsdb") ? parquet : null,
                                    text -> System.err.println(prefix + text)));
                } catch (IOException e) {
                    System.err.println(prefix + "failed: " + e.getMessage());
                    missing.put(peer.name(), "failed: " + e.getMessage());
                }
            }
        }
        CompareReport report =
                new CompareReport(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        Machine.describe(),
                        command(),
                        Machine.commit(),
                        String.format(
                                Locale.ROOT,
                                "%s: %,d devices every %d s for %d steps = %,d lines, %d"
                                        + " connections x %,d lines",
                                config.workload(),
                                config.scale(),
                                config.intervalNanos() / 1_000_000_000L,
                                config.steps(),
                                run.lineCount(),
                                connections,
                                config.batchLines()),
                        missing,
                        results);
        out.print(new CompareTable(report).text());
        out.flush();
        if (json != null) {
            Files.write(
                    json,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsBytes(report));
        }
        return results.isEmpty() ? 1 : 0;
    }

    private List<String> types(StreamConfig config) {
        if (types.equals(List.of("none"))) {
            return List.of();
        }
        return types.isEmpty() ? QueryCatalog.types(config.workload()) : types;
    }

    private String command() {
        ParseResult root = spec.root().commandLine().getParseResult();
        return "loadgen " + String.join(" ", root.originalArgs());
    }
}
