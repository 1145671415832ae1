package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.query.QueryReport;

import java.util.List;
import java.util.Map;

/// What one round with one peer gave.
///
/// @param visibleSeconds from the start of the load until a count saw all lines; negative when it
///   never did
/// @param peakMemoryBytes resident; below 0 when it is not known
/// @param counted lines that a count saw in the end
/// @param bytesPerValue on disk, of the stopped and settled server, less what was there before
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
        String failure) {

    PeerFigures withBytesPerValue(double bytes) {
        return new PeerFigures(
                peer,
                durability,
                readySeconds,
                linesPerSecond,
                visibleSeconds,
                counted,
                expected,
                load,
                cpuSecondsPerMillionLines,
                peakMemoryBytes,
                bytes,
                queries,
                failure);
    }

    /// Figures of one that is only asked.
    static PeerFigures ofQueries(
            String peer, String durability, List<QueryReport> queries, String failure) {
        LoadReport nothing =
                new LoadReport(
                        peer,
                        true,
                        "",
                        "",
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        Latencies.NONE,
                        Latencies.NONE,
                        Latencies.NONE,
                        List.of(),
                        Map.of(),
                        List.of());
        return new PeerFigures(
                peer,
                durability,
                Double.NaN,
                Double.NaN,
                -1,
                0,
                0,
                nothing,
                Double.NaN,
                -1,
                Double.NaN,
                queries,
                failure);
    }
}
