package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.transfer.CsvOptions;
import io.tsdb.cluster.node.transfer.Importer;
import io.tsdb.cluster.node.transfer.StepText;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.SystemClock;

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
            "What a CSV column is, an option says, or the header of 'tsdb export --format csv', or"
                    + " else its cells; what was guessed is printed."
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
            description = "CSV: between cells; \\t is a tab (default: told by the first rows)")
    private @Nullable String delimiter;

    @Option(
            names = "--decimal",
            paramLabel = "CHAR",
            description = "CSV: decimal point or comma of all numbers (default: told by the cells)")
    private @Nullable String decimal;

    @Option(
            names = "--encoding",
            paramLabel = "NAME",
            description = "CSV: such as latin1 or windows-1252 (default: UTF-8)")
    private @Nullable String encoding;

    @Option(
            names = "--skip-lines",
            paramLabel = "N",
            defaultValue = "0",
            description = "CSV: lines to pass over before the header")
    private int skipLines;

    @Option(
            names = "--null",
            paramLabel = "WORD",
            description = "CSV: a cell that says that there is no value")
    private List<String> absentWords = new ArrayList<>();

    @Option(
            names = "--time",
            paramLabel = "COLUMN[:UNIT]",
            description = "CSV: column with the time; unit of plain numbers: s, ms, us, ns")
    private @Nullable String time;

    @Option(
            names = "--time-format",
            paramLabel = "PATTERN",
            description = "CSV: form of the times, such as 'dd.MM.yyyy HH:mm:ss'")
    private @Nullable String timeFormat;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "CSV: of times that name none, such as Europe/Berlin (default: UTC)")
    private @Nullable String zone;

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

    @Option(
            names = "--tags",
            split = ",",
            paramLabel = "COLUMN",
            description = "CSV: columns that are tags; no other one is then taken for a tag")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--tag",
            paramLabel = "COLUMN",
            description = "CSV: one of them, its name may have commas")
    private List<String> singleTags = new ArrayList<>();

    @Option(
            names = "--field",
            paramLabel = "COLUMN[:TYPE]",
            description =
                    "CSV: column that is a field; type int, uint, float (default), bool or string")
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
        boolean complete = true;
        for (Path file : files) {
            complete &= importFile(file);
        }
        return complete ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean importFile(Path file) throws InterruptedException {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure(file + " is not a file");
        }
        boolean terminal = System.console() != null && System.console().isTerminal();
        PrintStream progress = terminal ? System.err : null;
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean asCsv = csv || name.endsWith(".csv") || name.endsWith(".csv.gz");
        String query =
                "db="
                        + URLEncoder.encode(node.database(), StandardCharsets.UTF_8)
                        + "&precision="
                        + (asCsv ? "ns" : precision);
        try (var importer =
                new Importer(
                        node.url(),
                        query,
                        node.token(),
                        node.http(),
                        connections,
                        SystemClock.ticker())) {
            return print(
                    file,
                    asCsv
                            ? importer.csv(options(file), file, progress)
                            : importer.lines(file, progress));
        } catch (IOException e) {
            throw new CommandFailure(file + ": " + FileFailure.reason(e));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(file + ": " + e.getMessage());
        }
    }

    /// @return whether the node took everything
    private static boolean print(Path file, Importer.Summary summary) {
        System.out.printf(
                Locale.ROOT,
                "%s: %d lines in %.1f s, %.0f lines/s%s%n",
                file,
                summary.taken(),
                summary.seconds(),
                summary.taken() / Math.max(1e-9, summary.seconds()),
                summary.refused() == 0 ? "" : "; " + summary.refused() + " lines were refused");
        summary.readAs().forEach(text -> System.out.println("  " + text));
        summary.warnings().forEach(text -> System.err.println("  warning: " + text));
        summary.reasons().forEach(reason -> System.err.println("  " + reason));
        return summary.refused() == 0;
    }

    private CsvOptions options(Path file) {
        var options = new CsvOptions(file);
        if (delimiter != null) {
            options.delimiter(character("--delimiter", delimiter));
        }
        if (decimal != null) {
            options.decimal(character("--decimal", decimal));
        }
        if (encoding != null) {
            options.encoding(encoding);
        }
        if (!columns.isEmpty()) {
            options.columns(columns);
        }
        options.skipLines(skipLines);
        options.measurement(measurement);
        if (time != null) {
            options.time(time);
        }
        if (timeFormat != null) {
            options.timeFormat(timeFormat);
        }
        if (zone != null) {
            options.zone(zone);
        }
        if (start != null) {
            options.steps(start, StepText.nanos(step));
        }
        tags.forEach(options::tag);
        singleTags.forEach(options::tag);
        fields.forEach(options::field);
        skipped.forEach(options::skip);
        constants.forEach(options::constantTag);
        absentWords.forEach(options::absent);
        return options;
    }

    private static char character(String option, String text) {
        String meant = text.equals("\\t") ? "\t" : text;
        if (meant.length() != 1 || "\"\r\n".contains(meant)) {
            throw new IllegalArgumentException(option + " '" + text + "' is not one character");
        }
        return meant.charAt(0);
    }
}
