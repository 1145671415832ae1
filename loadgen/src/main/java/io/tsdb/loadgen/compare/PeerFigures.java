package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.query.QueryReport;

import java.util.List;

/// What one round with one peer gave.
///
/// @param visibleSeconds from the start of the load until a count saw all lines; negative when it
///   never did
/// @param counted lines that a count saw in the end
/// @param failure why the round ended early, or empty; the figures are not to be used then
public record PeerFigures(
        String peer,
        String durability,
        double readySeconds,
        double linesPerSecond,
        double visibleSeconds,
        long counted,
        long expected,
        LoadReport load,
        double cpuSecondsPerMillionLines,
        long peakMemoryBytes,
        double bytesPerValue,
        List<QueryReport> queries,
        String failure) {}
