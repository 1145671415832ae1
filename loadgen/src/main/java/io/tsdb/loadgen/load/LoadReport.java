package io.tsdb.loadgen.load;

import java.util.List;
import java.util.Map;

/// What came of a run.
///
/// @param title what was sent where and how
/// @param acknowledged whether the server answers: else lines were sent, and that is all that is
///   known
/// @param started RFC 3339
/// @param ended why the run ended
/// @param latency from when a batch was due to its acknowledgement
/// @param service from when a batch was sent to its acknowledgement
/// @param warmUp the same as `latency`, of the warm-up that is not in it
/// @param percentiles of the latency: percentile, milliseconds
/// @param errors by kind; each failed attempt counts
public record LoadReport(
        String title,
        boolean acknowledged,
        String started,
        String ended,
        double seconds,
        long lines,
        long values,
        long bytes,
        long batches,
        long failedBatches,
        long failedLines,
        long retries,
        double linesPerSecond,
        double valuesPerSecond,
        double megabytesPerSecond,
        Latencies latency,
        Latencies service,
        Latencies warmUp,
        List<double[]> percentiles,
        Map<String, Long> errors,
        List<Sample> samples) {}
