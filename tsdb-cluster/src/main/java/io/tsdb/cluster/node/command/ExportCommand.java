package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.SqlText;
import io.tsdb.cluster.node.transfer.Exporter;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;

/// `tsdb export`: a measurement of a running node as CSV, line protocol or Parquet.
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Export a measurement as line protocol or CSV, which can be imported again and give"
                    + " the same rows, or as Parquet files, which the node writes on its machine: a"
                    + " folder per measurement and day.")
public final class ExportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAddress node = new NodeAddress();

    @Option(
            names = "--measurement",
            paramLabel = "NAME",
            description = "what to export (default, as line protocol: every measurement)")
    private @Nullable String measurement;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "from this time on, such as 2026-11-23T00:00:00Z")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before this time")
    private @Nullable String to;

    @Option(
            names = "--format",
            paramLabel = "line|csv|parquet",
            defaultValue = "line",
            description = "line protocol, CSV or Parquet (default: ${DEFAULT-VALUE})")
    private String format = "line";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "where to (default: standard output); of Parquet: a directory on the node's"
                            + " machine")
    private @Nullable Path output;

    @Option(
            names = "--plain-header",
            description = "CSV: names only; without types an import has to guess them")
    private boolean plainHeader;

    @Option(names = "--gzip", description = "compress")
    private boolean gzip;

    @Override
    public Integer call() throws InterruptedException {
        requireGoodOptions();
        try (var exporter = new Exporter(node.url(), node.database(), node.token(), node.http())) {
            List<String> names =
                    measurement == null ? exporter.measurements() : List.of(measurement);
            if (format.equals("parquet")) {
                parquet(names);
            } else {
                text(exporter, names);
            }
            return 0;
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        }
    }

    private void requireGoodOptions() {
        if (!List.of("line", "csv", "parquet").contains(format)) {
            throw wrongUse("format '" + format + "' is not known; use line, csv or parquet");
        }
        if (format.equals("csv") && measurement == null) {
            throw wrongUse("CSV has one measurement: --measurement is missing");
        }
        if (format.equals("parquet") && (output == null || gzip)) {
            throw wrongUse(
                    "Parquet needs --output, a directory on the node's machine, and no --gzip");
        }
    }

    private ParameterException wrongUse(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private void text(Exporter exporter, List<String> names)
            throws IOException, InterruptedException, SqlRefusedException {
        try (OutputStream out = open()) {
            if (format.equals("csv")) {
                exporter.csv(names.getFirst(), where(), !plainHeader, out);
                return;
            }
            long lines = 0;
            for (String name : names) {
                lines += exporter.lines(name, where(), out);
            }
            if (output != null) {
                System.err.println(lines + " lines to " + output);
            }
        }
    }

    private void parquet(List<String> names)
            throws IOException, InterruptedException, SqlRefusedException {
        Path directory = Objects.requireNonNull(output).toAbsolutePath().normalize();
        try (var client = node.client()) {
            for (String name : names) {
                Path target = directory.resolve(FolderName.of(name));
                SqlAnswer answer =
                        client.queryLong(
                                node.database(),
                                "EXPORT "
                                        + SqlText.name(name)
                                        + " TO "
                                        + SqlText.literal(target.toString())
                                        + (from == null ? "" : " FROM " + SqlText.literal(from))
                                        + (to == null ? "" : " UNTIL " + SqlText.literal(to)));
                List<String> row = answer.rows().getFirst();
                System.err.printf(
                        "%s files, %s rows, %s bytes: %s%n",
                        row.get(0), row.get(1), row.get(2), target);
            }
        }
    }

    private String where() {
        var conditions = new ArrayList<String>();
        if (from != null) {
            conditions.add("time >= " + SqlText.literal(from));
        }
        if (to != null) {
            conditions.add("time < " + SqlText.literal(to));
        }
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private OutputStream open() throws IOException {
        Path file = output;
        OutputStream raw = file == null ? new Unclosed(System.out) : Files.newOutputStream(file);
        var buffered = new BufferedOutputStream(raw, 1 << 16);
        return gzip ? new GZIPOutputStream(buffered, 1 << 16) : buffered;
    }

    /// Standard output stays open.
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
