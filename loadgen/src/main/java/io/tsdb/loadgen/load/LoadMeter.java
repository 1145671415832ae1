package io.tsdb.loadgen.load;

import org.HdrHistogram.Histogram;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts and latencies of a run while it runs. Written by all lanes, read by the watcher.
public final class LoadMeter {
    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private final LongAdder lines = new LongAdder();
    private final LongAdder values = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder failedBatches = new LongAdder();
    private final LongAdder failedLines = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private Latest latest = Latest.empty();
    private Latest spare = Latest.empty();

    /// Latencies and service times of the same batches: both are recorded under one lock, so that
    /// no batch is in one of them and not in the other, whenever they are taken.
    record Latest(Histogram latency, Histogram service) {
        private static Latest empty() {
            return new Latest(newHistogram(), newHistogram());
        }
    }

    static Histogram newHistogram() {
        return new Histogram(HIGHEST_MICROS, 3);
    }

    /// A batch was acknowledged.
    ///
    /// @param latencyNanos from when it was due
    /// @param serviceNanos from when it was sent (the last time)
    void acknowledged(
            int lineCount, long valueCount, long byteCount, long latencyNanos, long serviceNanos) {
        lines.add(lineCount);
        values.add(valueCount);
        bytes.add(byteCount);
        batches.increment();
        synchronized (this) {
            latest.latency().recordValue(micros(latencyNanos));
            latest.service().recordValue(micros(serviceNanos));
        }
    }

    private static long micros(long nanos) {
        return Math.min(HIGHEST_MICROS, Math.max(0, nanos / 1000));
    }

    /// A batch was given up.
    void failed(int lineCount) {
        failedBatches.increment();
        failedLines.add(lineCount);
    }

    void retried() {
        retries.increment();
    }

    void error(String kind) {
        // Kinds hold no numbers; the bound only keeps a server that invents texts from filling the
        // memory.
        String known = errors.size() < 100 || errors.containsKey(kind) ? kind : "other errors";
        errors.computeIfAbsent(known, _ -> new LongAdder()).increment();
    }

    long lines() {
        return lines.sum();
    }

    long values() {
        return values.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long batches() {
        return batches.sum();
    }

    long failedBatches() {
        return failedBatches.sum();
    }

    long failedLines() {
        return failedLines.sum();
    }

    long retries() {
        return retries.sum();
    }

    long errorCount() {
        return errors.values().stream().mapToLong(LongAdder::sum).sum();
    }

    Map<String, Long> errors() {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }

    /// What was acknowledged since the last call; valid until the next one.
    synchronized Latest take() {
        Latest taken = latest;
        spare.latency().reset();
        spare.service().reset();
        latest = spare;
        spare = taken;
        return taken;
    }
}
