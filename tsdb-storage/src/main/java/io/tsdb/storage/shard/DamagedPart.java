package io.tsdb.storage.shard;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartSummary;

import java.time.Instant;

/// A part of the manifest that cannot be opened. It keeps its place, so that the rows that lack are
/// known, and so that it is whole again when its file is put back.
///
/// @param cause names the file
record DamagedPart(PartSummary summary, CorruptDataException cause) {
    String text() {
        return "%s; %d rows of measurement %s between %s and %s lack"
                .formatted(
                        cause.getMessage(),
                        summary.rowCount(),
                        summary.id().measurement(),
                        time(summary.minTime()),
                        time(summary.maxTime()));
    }

    /// What a reader is told who asks for a time that the part has rows of.
    CorruptDataException refusal() {
        String way =
                "an answer would lack rows: ask for a time outside, or put the file back from a"
                        + " backup and start again, or give these rows up by tsdb check --repair";
        return new CorruptDataException(
                cause.path(),
                cause.offset(),
                "damaged (%d rows between %s and %s), and %s"
                        .formatted(
                                summary.rowCount(),
                                time(summary.minTime()),
                                time(summary.maxTime()),
                                way));
    }

    private static Instant time(long nanos) {
        return Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }
}
