package io.tsdb.storage.part;

import io.tsdb.storage.model.MeasurementId;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/// Identity of a part within its shard, and by it the place of its files:
/// `parts/<database>/<measurement>/date=YYYY-MM-DD/NNNN.parquet`, and `.index` beside it, where
/// database and measurement are numbers: names reach the file system nowhere.
///
/// @param sequence unique within the shard, and never given again; says nothing about whose rows
///   win ([PartOrigin] does)
public record PartId(MeasurementId measurement, LocalDate date, long sequence) {
    static final String PARQUET = ".parquet";
    static final String INDEX = ".index";
    static final String PARTITION = "date=";

    public PartId {
        if (sequence < 0) {
            throw new IllegalArgumentException("a part needs a number, not " + sequence);
        }
    }

    /// Directory of the partition, in the shard's directory.
    public Path directory(Path shardDirectory) {
        return parts(shardDirectory)
                .resolve(Integer.toString(measurement.database()))
                .resolve(Integer.toString(measurement.measurement()))
                .resolve(PARTITION + date);
    }

    public Path parquetFile(Path shardDirectory) {
        return directory(shardDirectory).resolve(fileName() + PARQUET);
    }

    public Path indexFile(Path shardDirectory) {
        return directory(shardDirectory).resolve(fileName() + INDEX);
    }

    /// Directory of all parts of a shard.
    static Path parts(Path shardDirectory) {
        return shardDirectory.resolve("parts");
    }

    private String fileName() {
        return String.format(Locale.ROOT, "%04d", sequence);
    }

    /// Nanoseconds since the epoch at which the partition's first day begins; that of the earliest
    /// time there is begins before it.
    ///
    /// @throws ArithmeticException when the day lies behind the last time there is
    long dayStartNanos() {
        return dayStartNanos(date);
    }

    static long dayStartNanos(LocalDate date) {
        long day = date.toEpochDay();
        return day < Long.MIN_VALUE / PartWriter.DAY_NANOS
                ? Long.MIN_VALUE
                : Math.multiplyExact(day, PartWriter.DAY_NANOS);
    }

    @Override
    public String toString() {
        return measurement + "/" + date + "/" + fileName();
    }
}
