package io.tsdb.loadgen.command;

import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.LoadRun;
import io.tsdb.loadgen.load.Sample;
import io.tsdb.loadgen.report.LoadHtml;
import io.tsdb.loadgen.report.LoadText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Runs a load with its live line and writes the reports; an interrupted run reports what was.
public final class ReportOptions {
    private static final long HOOK_SECONDS_MAX = 60;

    @Option(names = "--json", description = "file for the report as JSON")
    @Nullable Path json;

    @Option(names = "--html", description = "file for the report as one HTML page with plots")
    @Nullable Path html;

    @Option(names = "--quiet", description = "no live line")
    boolean quiet;

    /// Runs, prints, writes.
    LoadReport run(LoadRun run, PrintWriter out) throws IOException, InterruptedException {
        CountDownLatch reported = new CountDownLatch(1);
        Thread hook =
                new Thread(
                        () -> {
                            run.stop("it was interrupted");
                            try {
                                // The main thread prints the report; the process ends when this
                                // hook does.
                                boolean done = reported.await(HOOK_SECONDS_MAX, TimeUnit.SECONDS);
                                if (!done) {
                                    System.err.println(
                                            "loadgen: no report: answers are still missing");
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            LoadReport report = run.run(this::progress);
            if (!quiet && System.console() != null) {
                System.err.println();
            }
            out.print(LoadText.text(report));
            out.flush();
            write(report);
            return report;
        } finally {
            reported.countDown();
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            boolean removed = Runtime.getRuntime().removeShutdownHook(hook);
            if (!removed) {
                System.err.println("loadgen: BUG: the hook was gone");
            }
        } catch (IllegalStateException e) {
            // The process is going down already, which is what the hook was for.
            Thread.currentThread().setName("reported");
        }
    }

    private void progress(Sample sample) {
        if (!quiet) {
            System.err.print(
                    (System.console() != null ? "\r" : "")
                            + LoadText.progress(sample)
                            + (System.console() != null ? " " : "\n"));
            System.err.flush();
        }
    }

    private void write(LoadReport report) throws IOException {
        if (json != null) {
            Files.write(
                    json,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsBytes(report));
        }
        if (html != null) {
            Files.writeString(html, LoadHtml.page(report));
        }
    }
}
