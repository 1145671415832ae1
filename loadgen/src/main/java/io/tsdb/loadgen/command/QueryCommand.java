package io.tsdb.loadgen.command;

import io.tsdb.loadgen.query.QueryCatalog;
import io.tsdb.loadgen.query.QueryDialect;
import io.tsdb.loadgen.query.QueryReport;
import io.tsdb.loadgen.query.QueryRun;
import io.tsdb.loadgen.report.TextTable;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.workload.StreamConfig;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Asks the queries of a use case.
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the TSBS queries of a workload that was loaded with the same options, checks"
                    + " answers against the seed, and measures.",
            "Exit status 1 when an answer is wrong or a query fails."
        })
public final class QueryCommand implements Callable<Integer> {
    @Mixin private StreamOptions stream = new StreamOptions();

    @Option(
            names = {"-u", "--url"},
            defaultValue = "http://127.0.0.1:8086",
            description = "server (default: ${DEFAULT-VALUE})")
    private String url = "http://127.0.0.1:8086";

    @Option(
            names = {"-d", "--db"},
            defaultValue = "bench",
            description = "database (default: ${DEFAULT-VALUE})")
    private String database = "bench";

    @Option(names = "--token", defaultValue = "", description = "sent as Authorization: Token ...")
    private String token = "";

    @Option(
            names = "--dialect",
            defaultValue = "tsdb",
            description = "tsdb, questdb, influxql, promql (default: ${DEFAULT-VALUE})")
    private QueryDialect dialect = QueryDialect.TSDB;

    @Option(
            names = "--types",
            split = ",",
            description = "query types (default: all of the workload)")
    private List<String> types = new ArrayList<>();

    @Option(
            names = "--runs",
            defaultValue = "20",
            description = "questions measured per type (default: ${DEFAULT-VALUE})")
    private int runs = 20;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            description = "questions asked before (default: ${DEFAULT-VALUE})")
    private int warmUp = 2;

    @Option(
            names = {"-c", "--connections"},
            defaultValue = "1",
            description = "questions asked at the same time (default: ${DEFAULT-VALUE})")
    private int connections = 1;

    @Option(
            names = "--check",
            defaultValue = "3",
            description =
                    "answers per type that are compared with the seed (default: ${DEFAULT-VALUE})")
    private int checks = 3;

    @Option(
            names = "--query-seed",
            defaultValue = "42",
            description = "of hosts and windows (default: ${DEFAULT-VALUE})")
    private long querySeed = 42;

    @Option(names = "--show", description = "print the text of each query")
    private boolean show;

    @Option(names = "--json", description = "file for the report as JSON")
    private @Nullable Path json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StreamConfig config = stream.config(1, false);
        List<String> asked = types.isEmpty() ? QueryCatalog.types(config.workload()) : types;
        if (asked.isEmpty()) {
            throw new IllegalArgumentException(
                    "workload "
                            + config.workload()
                            + " has no queries: cpu-only, devops and iot have");
        }
        PrintWriter out = spec.commandLine().getOut();
        QueryRun run =
                new QueryRun(
                        config,
                        asked,
                        new QueryRun.Settings(
                                querySeed,
                                warmUp,
                                runs,
                                connections,
                                checks,
                                Duration.ofMinutes(5)));
        List<QueryReport> reports =
                run.run(
                        asked,
                        dialect,
                        Endpoint.parse(url),
                        database,
                        token,
                        report -> {
                            if (show) {
                                out.println(report.type() + ": " + report.text());
                                out.flush();
                            }
                        });
        out.print(table(reports).text());
        out.flush();
        if (json != null) {
            Files.write(
                    json,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsBytes(reports));
        }
        return reports.stream().allMatch(r -> r.errors() == 0 && r.wrong() == 0) ? 0 : 1;
    }

    private static TextTable table(List<QueryReport> reports) {
        TextTable table =
                new TextTable(
                        "query",
                        "p50 ms",
                        "p95 ms",
                        "p99 ms",
                        "max ms",
                        "queries/s",
                        "answer kB",
                        "checked",
                        "remark");
        for (QueryReport report : reports) {
            if (report.runs() == 0) {
                table.row(report.type(), "", "", "", "", "", "", "", report.remark());
                continue;
            }
            table.row(
                    report.type(),
                    format("%.2f", report.latency().p50()),
                    format("%.2f", report.latency().p95()),
                    format("%.2f", report.latency().p99()),
                    format("%.2f", report.latency().max()),
                    format("%.1f", report.queriesPerSecond()),
                    format("%.1f", report.answerBytes() / 1000),
                    report.wrong() > 0
                            ? report.wrong() + " of " + report.checked() + " WRONG"
                            : report.checked() + " right",
                    report.remark());
        }
        return table;
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
