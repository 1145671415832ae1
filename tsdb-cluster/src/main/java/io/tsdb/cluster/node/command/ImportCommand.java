package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.transfer.CsvGuess;
import io.tsdb.cluster.node.transfer.Importer;
import io.tsdb.cluster.node.transfer.StepText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/// `tsdb import`: files of line protocol or CSV into a running node.
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Import files: line protocol or CSV, plain or gzip.",
            "A CSV column without an option is the time, an int, float or bool field, or a tag, by"
                    + " what its cells look like."
        })
public final class ImportCommand implements Callable<Integer> {
    @Mixin private NodeAddress node = new NodeAddress();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "files to import")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--precision",
            paramLabel = "ns|us|ms|s",
            defaultValue = "ns",
            description = "unit of the times in line protocol (default: ${DEFAULT-VALUE})")
    private String precision = "ns";

    @Option(
            names = "--csv",
            description = "the files are CSV (also told by the name .csv, .csv.gz)")
    private boolean csv;

    @Option(
            names = "--measurement",
            paramLabel = "NAME",
            description = "CSV: measurement of the rows (default: the file's name)")
    private String measurement = "";

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME",
            description = "CSV: names of the columns of a file without a header line")
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--delimiter",
            paramLabel = "CHAR",
            defaultValue = ",",
            description = "CSV: between cells (default: ${DEFAULT-VALUE})")
    private String delimiter = ",";

    @Option(
            names = "--time",
            paramLabel = "COLUMN[:UNIT]",
            description = "CSV: column with the time; unit of plain numbers: s, ms, us, ns")
    private @Nullable String time;

    @Option(
            names = "--start",
            paramLabel = "TIME",
            description = "CSV without times: time of the first row")
    private @Nullable String start;

    @Option(
            names = "--step",
            paramLabel = "DURATION",
            defaultValue = "1s",
            description =
                    "CSV without times: between rows, such as 10s or 250ms (default:"
                            + " ${DEFAULT-VALUE})")
    private String step = "1s";

    @Option(names = "--tag", paramLabel = "COLUMN", description = "CSV: column that is a tag")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--field",
            paramLabel = "COLUMN[:TYPE]",
            description = "CSV: column that is a field; type int, float (default), bool or string")
    private List<String> fields = new ArrayList<>();

    @Option(names = "--skip", paramLabel = "COLUMN", description = "CSV: column that is left out")
    private List<String> skipped = new ArrayList<>();

    @Option(names = "--set", paramLabel = "TAG=VALUE", description = "CSV: tag of every row")
    private Map<String, String> constants = new LinkedHashMap<>();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "batches on their way at a time (default: ${DEFAULT-VALUE})")
    private int connections = 4;

    @Override
    public Integer call() throws InterruptedException {
        String query =
                "db="
                        + URLEncoder.encode(node.database(), StandardCharsets.UTF_8)
                        + "&precision="
                        + precision;
        boolean complete = true;
        try (var importer = new Importer(node.url(), query, node.token(), connections)) {
            for (Path file : files) {
                complete &= importFile(importer, file);
            }
        }
        return complete ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean importFile(Importer importer, Path file) throws InterruptedException {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure(file + " is not a file");
        }
        boolean terminal = System.console() != null && System.console().isTerminal();
        PrintStream progress = terminal ? System.err : null;
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean asCsv = csv || name.endsWith(".csv") || name.endsWith(".csv.gz");
        Importer.Summary summary;
        try {
            summary =
                    asCsv
                            ? importer.csv(guess(file), file, progress)
                            : importer.lines(file, progress);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(file + ": " + e.getMessage());
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %d lines in %.1f s, %.0f lines/s%s%n",
                file,
                summary.sent(),
                summary.seconds(),
                summary.sent() / Math.max(1e-9, summary.seconds()),
                summary.refused() == 0
                        ? ""
                        : ", " + summary.refused() + " batches were not taken whole");
        summary.reasons().forEach(reason -> System.err.println("  " + reason));
        return summary.refused() == 0;
    }

    private CsvGuess guess(Path file) {
        var guess = new CsvGuess(file);
        guess.delimiter(delimiter.equals("\\t") ? '\t' : delimiter.charAt(0));
        if (!columns.isEmpty()) {
            guess.columns(columns);
        }
        guess.measurement(measurement);
        if (time != null) {
            guess.time(time);
        }
        if (start != null) {
            guess.steps(start, StepText.nanos(step));
        }
        tags.forEach(guess::tag);
        fields.forEach(guess::field);
        skipped.forEach(guess::skip);
        constants.forEach(guess::constantTag);
        return guess;
    }
}
