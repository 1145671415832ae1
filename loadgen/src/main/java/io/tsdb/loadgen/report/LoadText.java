package io.tsdb.loadgen.report;

import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.Sample;

import java.util.Locale;
import java.util.Map;

/// A load report as text.
public final class LoadText {
    private LoadText() {}

    public static String text(LoadReport report) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s%nstarted %s, ran %.1f s, ended because %s%n",
                        report.title(),
                        report.started(),
                        report.seconds(),
                        report.ended()));
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s %,d lines (%,d values, %.1f MB) in %,d batches: %,.0f"
                                + " lines/s, %,.0f values/s, %.1f MB/s%n",
                        report.acknowledged() ? "acknowledged" : "sent (TCP has no answers)",
                        report.lines(),
                        report.values(),
                        report.bytes() / 1e6,
                        report.batches(),
                        report.linesPerSecond(),
                        report.valuesPerSecond(),
                        report.megabytesPerSecond()));
        text.append(
                String.format(
                        Locale.ROOT,
                        "given up %,d batches (%,d lines), retries %,d%n",
                        report.failedBatches(),
                        report.failedLines(),
                        report.retries()));
        TextTable table = new TextTable("ms", "mean", "p50", "p90", "p95", "p99", "p99.9", "max");
        row(table, "latency, from due", report.latency());
        row(table, "service, from sent", report.service());
        if (report.warmUp().count() > 0) {
            row(table, "warm-up, from due", report.warmUp());
        }
        text.append(table.text());
        for (Map.Entry<String, Long> error : report.errors().entrySet()) {
            text.append(
                    String.format(
                            Locale.ROOT, "error %,dx  %s%n", error.getValue(), error.getKey()));
        }
        return text.toString();
    }

    private static void row(TextTable table, String name, Latencies of) {
        table.row(
                name,
                millis(of.mean()),
                millis(of.p50()),
                millis(of.p90()),
                millis(of.p95()),
                millis(of.p99()),
                millis(of.p999()),
                millis(of.max()));
    }

    static String millis(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    /// One line about a stretch, for the live display.
    public static String progress(Sample sample) {
        return String.format(
                Locale.ROOT,
                "%6.0f s  %,12.0f lines/s  %7.1f MB/s  p50 %7.1f ms  p99 %7.1f ms  max %7.1f ms "
                        + " errors %d",
                sample.toSeconds(),
                sample.linesPerSecond(),
                sample.bytes() / 1e6 / Math.max(1e-9, sample.toSeconds() - sample.fromSeconds()),
                sample.p50Millis(),
                sample.p99Millis(),
                sample.maxMillis(),
                sample.errors());
    }
}
