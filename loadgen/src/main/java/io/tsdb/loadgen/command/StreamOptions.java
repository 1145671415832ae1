package io.tsdb.loadgen.command;

import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workloads;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.time.Instant;

/// The options that say which lines there are; shared by all commands that make or expect them.
public final class StreamOptions {
    @Option(
            names = {"-w", "--workload"},
            defaultValue = "cpu-only",
            description =
                    "cpu-only, devops, iot, sensors, churn, cardinality (default:"
                            + " ${DEFAULT-VALUE})")
    String workload = "cpu-only";

    @Option(
            names = {"-s", "--scale"},
            defaultValue = "1000",
            description = "number of devices (default: ${DEFAULT-VALUE})")
    int scale = 1000;

    @Option(
            names = "--seed",
            defaultValue = "123",
            description = "the same seed gives the same bytes (default: ${DEFAULT-VALUE})")
    long seed = 123;

    @Option(
            names = "--start",
            defaultValue = "2016-01-01T00:00:00Z",
            description = "time of the first point, RFC 3339, or 'now' (default: ${DEFAULT-VALUE})")
    String start = "2016-01-01T00:00:00Z";

    @Option(
            names = "--interval",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "between two points of a series (default: ${DEFAULT-VALUE})")
    Duration interval = Duration.ofSeconds(10);

    @Option(
            names = "--span",
            converter = DurationText.class,
            description =
                    "data time that the run covers (default: 1h, or without end when --duration is"
                            + " given)")
    @Nullable Duration span;

    @Option(
            names = {"-b", "--batch"},
            defaultValue = "10000",
            description = "points per batch (default: ${DEFAULT-VALUE})")
    int batch = 10_000;

    @Option(
            names = "--precision",
            defaultValue = "ns",
            description = "unit of timestamps sent: ns us ms s (default: ${DEFAULT-VALUE})")
    Precision precision = Precision.NS;

    @Option(
            names = "--out-of-order",
            description = "share of points that come late (default: the workload's)")
    @Nullable Double outOfOrder;

    @Option(
            names = "--duplicates",
            description =
                    "share of points that are sent twice, every second time with other values"
                            + " (default: the workload's)")
    @Nullable Double duplicates;

    @Option(
            names = "--orderly",
            description =
                    "leave out the workload's own disorder (iot: missing, late and partial points)")
    boolean orderly;

    /// @param lanes number of connections
    /// @param endless whether a missing `--span` means: without end
    StreamConfig config(int lanes, boolean endless) {
        Disorder own = orderly ? Disorder.NONE : Workloads.named(workload).disorder();
        Disorder disorder =
                new Disorder(
                        own.missingBatch(),
                        own.lateBatch(),
                        own.missingEntry(),
                        outOfOrder == null ? own.lateEntry() : outOfOrder,
                        duplicates == null ? own.duplicateEntry() : duplicates,
                        own.zeroTag(),
                        own.zeroField());
        long startNanos;
        if (start.equals("now")) {
            Instant now = Instant.now();
            startNanos = now.getEpochSecond() * 1_000_000_000L;
        } else {
            Instant at = Instant.parse(start);
            startNanos = at.getEpochSecond() * 1_000_000_000L + at.getNano();
        }
        long steps = 0;
        if (span != null || !endless) {
            Duration covered = span == null ? Duration.ofHours(1) : span;
            steps = Math.max(1, covered.dividedBy(interval));
        }
        return new StreamConfig(
                workload,
                scale,
                seed,
                startNanos,
                interval.toNanos(),
                steps,
                lanes,
                batch,
                precision,
                disorder);
    }
}
