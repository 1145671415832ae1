package io.tsdb.loadgen.command;

import io.tsdb.loadgen.ledger.Ledger;
import io.tsdb.loadgen.verify.Verifier;
import io.tsdb.loadgen.verify.VerifyReport;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.SqlConnection;
import io.tsdb.loadgen.wire.SqlDialect;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Reads back what a ledger says was acknowledged.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Reads back by SQL what a ledger says was acknowledged: lost, invented, different;"
                        + " exit status 1 if any.")
public final class VerifyCommand implements Callable<Integer> {
    @Option(names = "--ledger", required = true, description = "file written by load --ledger")
    private Path ledger = Path.of("ledger");

    @Option(
            names = {"-u", "--url"},
            defaultValue = "http://127.0.0.1:8086",
            description = "server (default: ${DEFAULT-VALUE})")
    private String url = "http://127.0.0.1:8086";

    @Option(names = "--token", defaultValue = "", description = "sent as Authorization: Token ...")
    private String token = "";

    @Option(
            names = "--dialect",
            defaultValue = "tsdb",
            description = "tsdb, questdb (default: ${DEFAULT-VALUE})")
    private SqlDialect dialect = SqlDialect.TSDB;

    @Option(
            names = "--series",
            defaultValue = "20",
            description =
                    "devices that are read once more by their tag (default: ${DEFAULT-VALUE})")
    private int series = 20;

    @Option(
            names = "--expect-sent",
            description = "batches sent over TCP, which has no answers, count as acknowledged")
    private boolean expectSent;

    @Option(
            names = "--timeout",
            defaultValue = "120s",
            converter = DurationText.class,
            description = "longest silence of the server (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(120);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Ledger read = Ledger.read(ledger);
        PrintWriter out = spec.commandLine().getOut();
        long began = System.nanoTime();
        try (SqlConnection sql =
                new SqlConnection(
                        Endpoint.parse(url), dialect, read.header().database(), token, timeout)) {
            VerifyReport report =
                    new Verifier(read, sql, expectSent, series, rows -> progress(rows, began))
                            .verify();
            if (System.console() != null) {
                System.err.println();
            }
            out.printf(
                    Locale.ROOT,
                    "%s: %,d lines acknowledged = %,d points; read %,d rows in %.1f s%n",
                    ledger,
                    read.lines(),
                    report.acknowledged(),
                    report.rows(),
                    (System.nanoTime() - began) / 1e9);
            out.printf(
                    Locale.ROOT,
                    "found %,d, lost %,d, invented %,d, different %,d; %,d more from writes without"
                            + " an answer%n",
                    report.found(),
                    report.lost(),
                    report.invented(),
                    report.different(),
                    report.unanswered());
            report.examples().forEach(example -> out.println("  " + example));
            out.println(report.isKept() ? "kept" : "NOT KEPT");
            return report.isKept() ? 0 : 1;
        }
    }

    private static void progress(long rows, long began) {
        if (System.console() != null) {
            System.err.printf(
                    Locale.ROOT, "\r%,d rows, %.0f s ", rows, (System.nanoTime() - began) / 1e9);
            System.err.flush();
        }
    }
}
