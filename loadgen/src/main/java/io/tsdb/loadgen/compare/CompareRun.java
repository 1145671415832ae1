package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.load.Acknowledgements;
import io.tsdb.loadgen.load.BatchSource;
import io.tsdb.loadgen.load.LoadConfig;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.LoadRun;
import io.tsdb.loadgen.load.Pace;
import io.tsdb.loadgen.load.PreparedFile;
import io.tsdb.loadgen.query.QueryReport;
import io.tsdb.loadgen.query.QueryRun;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.workload.LaneStream;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workloads;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Runs the rounds: for each peer a fresh start, a warm-up into other measurements, the load from a
/// prepared file, a count until all is visible, the queries, and the end.
public final class CompareRun {
    private static final long WARM_LINES = 200_000;
    private static final long VISIBLE_SECONDS_MAX = 120;

    private final StreamConfig config;
    private final int connections;
    private final List<String> types;
    private final QueryRun.Settings settings;
    private final QueryRun queries;
    private final Duration settle;
    private final Path work;
    private final List<MeasurementSpec> specs;
    private final long endNanos;
    private final Path lines;
    private final Path warmLines;
    private long lineCount;
    private long valueCount;
    private long diskBefore;

    /// Prepares the data.
    ///
    /// @param config without disorder, so that lines and points are the same number
    /// @param types of queries; may be empty
    /// @param settle how long to wait between the last query and the look at the disk
    /// @param work directory for data and logs
    public CompareRun(
            StreamConfig config,
            int connections,
            List<String> types,
            QueryRun.Settings settings,
            Duration settle,
            Path work)
            throws IOException {
        this.config = config.withLanes(1);
        this.connections = connections;
        this.types = types;
        this.settings = settings;
        this.settle = settle;
        this.work = work;
        specs = Workloads.named(config.workload()).measurements();
        endNanos = config.startNanos() + config.steps() * config.intervalNanos();
        queries = new QueryRun(this.config, types, settings);
        Files.createDirectories(work);
        String name =
                config.workload()
                        + "-"
                        + config.scale()
                        + "-"
                        + config.steps()
                        + "x"
                        + config.intervalNanos() / 1_000_000
                        + "ms-"
                        + config.seed();
        lines = work.resolve(name + ".lp");
        warmLines = work.resolve(name + ".warm.lp");
        prepare();
    }

    /// Writes the lines once; they are kept for the next comparison.
    private void prepare() throws IOException {
        LaneStream stream = new LaneStream(config, 0);
        LineBuffer buffer = new LineBuffer(1 << 22);
        boolean write = !Files.exists(lines) || !Files.exists(warmLines);
        Path part = work.resolve("part.lp");
        try (OutputStream out =
                        write ? Files.newOutputStream(part) : OutputStream.nullOutputStream();
                OutputStream warm =
                        write
                                ? Files.newOutputStream(warmLines)
                                : OutputStream.nullOutputStream()) {
            while (stream.hasNext()) {
                stream.next(buffer);
                out.write(buffer.bytes(), 0, buffer.size());
                if (lineCount < WARM_LINES) {
                    writeWarm(warm, buffer);
                }
                lineCount += buffer.lines();
                valueCount += buffer.values();
            }
        }
        if (write) {
            Files.move(part, lines, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void writeWarm(OutputStream warm, LineBuffer buffer) throws IOException {
        int from = 0;
        for (int at = 0; at < buffer.size(); at++) {
            if (buffer.bytes()[at] == '\n') {
                warm.write(new byte[] {'w', 'a', 'r', 'm', '_'});
                warm.write(buffer.bytes(), from, at + 1 - from);
                from = at + 1;
            }
        }
    }

    /// Lines in the data.
    public long lineCount() {
        return lineCount;
    }

    /// One round with one peer.
    ///
    /// @param parquet asked over the files that the peer leaves behind; null for nobody
    /// @param progress gets a line per stage
    /// @return the peer's figures, and those over its files
    public List<PeerFigures> round(
            Peer peer, @Nullable DuckDbOverParquet parquet, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path data = work.resolve("data-" + peer.name());
        ServerProcess.delete(data);
        Files.createDirectories(data);
        long began = System.nanoTime();
        Peer.Running running = peer.start(data, work.resolve(peer.name() + ".log"));
        double ready = seconds(began);
        List<PeerFigures> figures = new ArrayList<>();
        try {
            PeerFigures measured;
            try {
                measured = measure(peer, running, data, ready, progress);
                LockSupport.parkNanos(settle.toNanos());
            } finally {
                running.process().stop();
            }
            peer.settle(data, work.resolve(peer.name() + "-settle.log"));
            long bytes = ServerProcess.diskBytes(data) - diskBefore;
            figures.add(measured.withBytesPerValue(bytes / (double) valueCount));
            if (parquet != null) {
                progress.accept("stopped; DuckDB over its Parquet files");
                figures.add(overParquet(parquet, data));
            }
            return figures;
        } finally {
            ServerProcess.delete(data);
        }
    }

    private PeerFigures overParquet(DuckDbOverParquet parquet, Path data) {
        List<QueryReport> reports = List.of();
        String failure = "";
        try {
            reports = parquet.run(queries, types, settings.warmUp(), settings.runs(), data);
        } catch (IOException e) {
            // The peer's own figures stand; this one is left out with the reason.
            failure = String.valueOf(e.getMessage());
        }
        return PeerFigures.ofQueries(
                DuckDbOverParquet.NAME, "over tsdb's Parquet files", reports, failure);
    }

    private PeerFigures measure(
            Peer peer, Peer.Running running, Path data, double ready, Consumer<String> progress)
            throws IOException, InterruptedException {
        ServerProcess process = running.process();
        progress.accept("ready after " + Math.round(ready * 10) / 10.0 + " s, warming up");
        LoadReport warm = send(peer, running.endpoint(), warmLines);
        if (warm.failedLines() > 0) {
            progress.accept("warm-up failed: " + warm.errors());
        }
        diskBefore = ServerProcess.diskBytes(data);
        double cpuBefore = process.cpuSeconds();
        LoadReport load = send(peer, running.endpoint(), lines);
        // what comes before the first batch, such as the search for line ends, is not the server's
        long sent = System.nanoTime();
        long counted = awaitVisible(peer, running.endpoint(), sent);
        double visible = counted >= lineCount ? load.seconds() + seconds(sent) : -1;
        double cpu = (process.cpuSeconds() - cpuBefore) / (lineCount / 1e6);
        long memory = process.peakMemoryBytes();
        progress.accept(
                String.format(
                        java.util.Locale.ROOT,
                        "%,.0f lines/s acknowledged, %,d of %,d lines seen",
                        load.linesPerSecond(),
                        counted,
                        lineCount));
        List<QueryReport> reports =
                queries.run(
                        types,
                        peer.dialect(),
                        running.endpoint(),
                        "bench",
                        "",
                        report -> progress.accept(report.type()));
        memory = Math.max(memory, process.peakMemoryBytes());
        String failure =
                load.failedLines() > 0
                        ? load.failedLines() + " lines were refused: " + load.errors()
                        : "";
        return new PeerFigures(
                peer.name(),
                peer.durability(),
                ready,
                load.linesPerSecond(),
                visible,
                counted,
                lineCount,
                load,
                cpu,
                memory,
                Double.NaN,
                reports,
                failure);
    }

    private LoadReport send(Peer peer, Endpoint endpoint, Path file)
            throws IOException, InterruptedException {
        int values = specs.stream().mapToInt(m -> m.fields().size()).sum() / specs.size();
        LoadConfig how =
                new LoadConfig(
                        endpoint,
                        Protocol.V1,
                        peer.writePath(),
                        "",
                        false,
                        1,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(120),
                        Duration.ZERO,
                        Duration.ZERO);
        try (PreparedFile prepared = new PreparedFile(file, config.batchLines(), values)) {
            List<BatchSource> sources = new ArrayList<>();
            for (int c = 0; c < connections; c++) {
                sources.add(prepared.source(Pace.CLOSED_LOOP, connections, config.batchLines()));
            }
            return new LoadRun(peer.name(), how, sources, Acknowledgements.NONE, 0).run(_ -> {});
        }
    }

    private long awaitVisible(Peer peer, Endpoint endpoint, long sent)
            throws IOException, InterruptedException {
        long end = sent + TimeUnit.SECONDS.toNanos(VISIBLE_SECONDS_MAX);
        while (true) {
            long counted = 0;
            for (MeasurementSpec spec : specs) {
                counted += peer.count(endpoint, spec, config.startNanos(), endNanos);
            }
            if (counted >= lineCount || System.nanoTime() > end) {
                return counted;
            }
            LockSupport.parkNanos(50_000_000L);
        }
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }
}
