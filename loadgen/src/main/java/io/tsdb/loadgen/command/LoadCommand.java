package io.tsdb.loadgen.command;

import io.tsdb.loadgen.ledger.Ledger;
import io.tsdb.loadgen.ledger.LedgerHeader;
import io.tsdb.loadgen.ledger.LedgerWriter;
import io.tsdb.loadgen.load.Acknowledgements;
import io.tsdb.loadgen.load.BatchSource;
import io.tsdb.loadgen.load.LoadConfig;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.LoadRun;
import io.tsdb.loadgen.load.Pace;
import io.tsdb.loadgen.load.PreparedFile;
import io.tsdb.loadgen.load.StreamSource;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workloads;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Sends a workload and reports.
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Sends a workload, as fast as answers come or at a given rate, and reports.")
public final class LoadCommand implements Callable<Integer> {
    @Mixin private StreamOptions stream = new StreamOptions();
    @Mixin private TargetOptions target = new TargetOptions();
    @Mixin private ReportOptions report = new ReportOptions();

    @Option(
            names = "--rate",
            description =
                    "lines a second over all connections (open loop: latency counts from when a"
                            + " batch was due)")
    private double rate;

    @Option(
            names = "--speed",
            description = "data seconds a second: 1 sends as the devices would (open loop)")
    private double speed;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            description = "longest run, for instance 1h")
    private @Nullable Duration duration;

    @Option(
            names = "--warm-up",
            defaultValue = "0s",
            converter = DurationText.class,
            description =
                    "latencies of the first so many seconds are told apart: both sides compile"
                            + " then (default: ${DEFAULT-VALUE})")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--ledger",
            description =
                    "file that notes each acknowledged batch, for verify; a run with the same"
                            + " ledger goes on where it ended")
    private @Nullable Path ledger;

    @Option(
            names = "--file",
            description =
                    "send the lines of this file (made by prepare) instead of making them while"
                            + " sending")
    private @Nullable Path file;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Pace pace = new Pace(rate, speed);
        LoadConfig config =
                target.config(
                        stream.precision, duration == null ? Duration.ZERO : duration, warmUp);
        StreamConfig lines = stream.config(target.connections, duration != null);
        LoadReport result =
                file == null ? generated(lines, config, pace) : prepared(file, lines, config, pace);
        return result.failedBatches() == 0 ? 0 : 1;
    }

    private LoadReport generated(StreamConfig lines, LoadConfig config, Pace pace)
            throws IOException, InterruptedException {
        LedgerHeader header =
                new LedgerHeader(lines, target.database, target.protocol.name(), target.inFlight);
        long[] first = new long[lines.lanes()];
        long goingOn = 0;
        boolean continued = ledger != null && Files.exists(ledger) && Files.size(ledger) > 0;
        if (ledger != null && continued) {
            Ledger before = Ledger.read(ledger);
            for (int lane = 0; lane < first.length; lane++) {
                first[lane] = before.nextBatch(lane);
            }
            goingOn = before.lines();
        }
        try (LedgerWriter writer = ledger == null ? null : LedgerWriter.open(ledger, header)) {
            if (continued) {
                out().printf(
                                Locale.ROOT,
                                "going on after %,d acknowledged lines of %s%n",
                                goingOn,
                                ledger);
                out().flush();
            }
            List<BatchSource> sources = new ArrayList<>();
            for (int lane = 0; lane < lines.lanes(); lane++) {
                sources.add(new StreamSource(lines, lane, pace, first[lane]));
            }
            Acknowledgements notes =
                    writer == null
                            ? Acknowledgements.NONE
                            : (lane, batch, count, ghost) ->
                                    writer.append(
                                            lane,
                                            batch,
                                            count,
                                            ghost,
                                            target.protocol != Protocol.TCP);
            LoadRun run =
                    new LoadRun(
                            title(lines, pace),
                            config,
                            sources,
                            notes,
                            continued ? target.inFlight : 0);
            return report.run(run, out());
        }
    }

    private LoadReport prepared(Path path, StreamConfig lines, LoadConfig config, Pace pace)
            throws IOException, InterruptedException {
        if (ledger != null) {
            throw new IllegalArgumentException(
                    "--ledger works with lines that are made while sending, not with --file");
        }
        List<MeasurementSpec> specs = Workloads.named(lines.workload()).measurements();
        int values = specs.stream().mapToInt(m -> m.fields().size()).sum() / specs.size();
        try (PreparedFile prepared = new PreparedFile(path, lines.batchLines(), values)) {
            List<BatchSource> sources = new ArrayList<>();
            for (int lane = 0; lane < lines.lanes(); lane++) {
                sources.add(prepared.source(pace, lines.lanes(), lines.batchLines()));
            }
            String title = title(lines, pace) + ", from " + path;
            return report.run(new LoadRun(title, config, sources, Acknowledgements.NONE, 0), out());
        }
    }

    private String title(StreamConfig lines, Pace pace) {
        String how = "closed loop";
        if (pace.linesPerSecond() > 0) {
            how = String.format(Locale.ROOT, "open loop at %,.0f lines/s", pace.linesPerSecond());
        } else if (pace.speed() > 0) {
            how = String.format(Locale.ROOT, "open loop at %sx real time", pace.speed());
        }
        return String.format(
                Locale.ROOT,
                "%s, %,d devices every %s, seed %d, to %s by %s, %d connections x %,d lines, %d in"
                        + " flight%s, %s",
                lines.workload(),
                lines.scale(),
                Duration.ofNanos(lines.intervalNanos())
                        .toString()
                        .substring(2)
                        .toLowerCase(Locale.ROOT),
                lines.seed(),
                target.url,
                target.protocol.name().toLowerCase(Locale.ROOT),
                lines.lanes(),
                lines.batchLines(),
                target.inFlight,
                target.gzip ? ", gzip" : "",
                how);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
