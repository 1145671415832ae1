package io.tsdb.storage.part;

import io.tsdb.storage.parquet.TimeUnit;

/// How parts are written.
///
/// @param zstdLevel Zstandard's level; small numbers are faster
/// @param rowGroupRows rows after which a row group ends
/// @param timeUnit of times; finer where they need it
public record PartConfig(int zstdLevel, int rowGroupRows, TimeUnit timeUnit) {
    public PartConfig {
        if (zstdLevel < 1 || zstdLevel > 22) {
            throw new IllegalArgumentException("zstd level " + zstdLevel + " is not in 1 to 22");
        }
        if (rowGroupRows < 1) {
            throw new IllegalArgumentException("row groups of " + rowGroupRows + " rows");
        }
    }

    /// With times in microseconds where these are exact.
    public PartConfig(int zstdLevel, int rowGroupRows) {
        this(zstdLevel, rowGroupRows, TimeUnit.MICROS);
    }

    /// The same with times in another unit.
    public PartConfig withTimeUnit(TimeUnit unit) {
        return new PartConfig(zstdLevel, rowGroupRows, unit);
    }

    /// Chosen by measuring, `docs/format/part-parquet.md`.
    public static PartConfig defaults() {
        return new PartConfig(1, 1 << 19);
    }
}
