package io.tsdb.storage.part;

import io.tsdb.storage.model.MeasurementId;

import java.time.LocalDate;
import java.util.Comparator;

/// What the manifest keeps of a part.
///
/// @param minTime of all rows, nanoseconds
/// @param maxTime of all rows, nanoseconds
/// @param parquetCrc CRC-32C of the whole Parquet file
/// @param indexCrc CRC-32C of the whole index file
public record PartSummary(
        PartId id,
        PartOrigin origin,
        long rowCount,
        long minTime,
        long maxTime,
        long parquetBytes,
        long indexBytes,
        int parquetCrc,
        int indexCrc) {
    /// The order in which parts win over one another, the loser first. Parts of one flush hold the
    /// same log entries and no common time; their sequence only makes the order total.
    public static final Comparator<PartSummary> BY_RANK =
            Comparator.<PartSummary>comparingLong(part -> part.origin().firstIndex())
                    .thenComparingLong(part -> part.id().sequence());

    /// What of a part is the same at every replica that has it: all but the number that it has
    /// there, and its index, which names that number.
    public record Content(
            MeasurementId measurement,
            LocalDate date,
            PartOrigin origin,
            long rowCount,
            long minTime,
            long maxTime,
            long parquetBytes,
            int parquetCrc) {}

    public Content content() {
        return new Content(
                id.measurement(),
                id.date(),
                origin,
                rowCount,
                minTime,
                maxTime,
                parquetBytes,
                parquetCrc);
    }

    /// The same rows under another number; what is said of the index is not so any more.
    PartSummary numbered(long sequence) {
        return new PartSummary(
                new PartId(id.measurement(), id.date(), sequence),
                origin,
                rowCount,
                minTime,
                maxTime,
                parquetBytes,
                indexBytes,
                parquetCrc,
                indexCrc);
    }

    /// Bytes of both files.
    public long sizeBytes() {
        return parquetBytes + indexBytes;
    }

    /// Whether some time in `[minNanos, maxNanos]` lies between the part's first and last.
    public boolean overlaps(long minNanos, long maxNanos) {
        return minTime <= maxNanos && maxTime >= minNanos;
    }
}
