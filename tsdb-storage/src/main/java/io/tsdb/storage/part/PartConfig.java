package io.tsdb.storage.part;

/// How parts are written.
///
/// @param zstdLevel Zstandard's level; small numbers are faster
/// @param rowGroupRows rows after which a row group ends
public record PartConfig(int zstdLevel, int rowGroupRows) {
    public PartConfig {
        if (zstdLevel < 1 || zstdLevel > 22) {
            throw new IllegalArgumentException("zstd level " + zstdLevel + " is not in 1 to 22");
        }
        if (rowGroupRows < 1) {
            throw new IllegalArgumentException("row groups of " + rowGroupRows + " rows");
        }
    }

    /// Chosen by measuring, `docs/format/part-parquet.md`.
    public static PartConfig defaults() {
        return new PartConfig(1, 1 << 19);
    }
}
