package io.tsdb.loadgen.command;

import io.tsdb.loadgen.load.Acknowledgements;
import io.tsdb.loadgen.load.LoadConfig;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.LoadRun;
import io.tsdb.loadgen.replay.CsvMapping;
import io.tsdb.loadgen.replay.RecordedLines;
import io.tsdb.loadgen.replay.ReplaySource;
import io.tsdb.loadgen.workload.Precision;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Sends recorded data.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Sends recorded data (line protocol or CSV, plain or .gz) over one connection at a"
                        + " multiple of its own speed, and reports.")
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "line protocol, or CSV when its name ends with .csv or .csv.gz")
    private Path file = Path.of("");

    @Mixin private TargetOptions target = new TargetOptions();
    @Mixin private ReportOptions report = new ReportOptions();

    @Option(
            names = "--speed",
            defaultValue = "0",
            description =
                    "recorded seconds a second; 0: as fast as answers come (default:"
                            + " ${DEFAULT-VALUE})")
    private double speed;

    @Option(
            names = {"-b", "--batch"},
            defaultValue = "10000",
            description = "points per batch at most (default: ${DEFAULT-VALUE})")
    private int batch = 10_000;

    @Option(
            names = "--shift-to",
            description = "move all times so that the first point gets this one: RFC 3339 or 'now'")
    private @Nullable String shiftTo;

    @Option(
            names = "--precision",
            defaultValue = "ns",
            description = "unit of the file's timestamps: ns us ms s (default: ${DEFAULT-VALUE})")
    private Precision precision = Precision.NS;

    @Option(
            names = "--measurement",
            description = "CSV: measurement of all lines (default: the file's name)")
    private @Nullable String measurement;

    @Option(
            names = "--time-column",
            defaultValue = "time",
            description =
                    "CSV: column of the time, RFC 3339 or a number (default: ${DEFAULT-VALUE})")
    private String timeColumn = "time";

    @Option(
            names = "--tag-columns",
            split = ",",
            description = "CSV: columns that are tags; all others are fields")
    private List<String> tagColumns = new ArrayList<>();

    @Option(names = "--duration", converter = DurationText.class, description = "longest run")
    private @Nullable Duration duration;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String name = String.valueOf(file.getFileName());
        boolean csv = name.endsWith(".csv") || name.endsWith(".csv.gz");
        CsvMapping mapping =
                new CsvMapping(
                        measurement == null ? name.replaceAll("\\.csv(\\.gz)?$", "") : measurement,
                        timeColumn,
                        tagColumns,
                        precision);
        LoadConfig config =
                target.config(
                        Precision.NS, duration == null ? Duration.ZERO : duration, Duration.ZERO);
        try (RecordedLines lines =
                csv
                        ? ReplaySource.csv(file, mapping)
                        : ReplaySource.lineProtocol(file, precision)) {
            ReplaySource source = new ReplaySource(lines, speed, batch, startNanos());
            String title =
                    "replay of "
                            + file
                            + " to "
                            + target.url
                            + (speed == 0 ? ", closed loop" : " at " + speed + "x real time");
            LoadReport result =
                    report.run(
                            new LoadRun(title, config, List.of(source), Acknowledgements.NONE, 0),
                            spec.commandLine().getOut());
            return result.failedBatches() == 0 ? 0 : 1;
        }
    }

    private long startNanos() {
        if (shiftTo == null) {
            return Long.MIN_VALUE;
        }
        Instant at = shiftTo.equals("now") ? Instant.now() : Instant.parse(shiftTo);
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }
}
