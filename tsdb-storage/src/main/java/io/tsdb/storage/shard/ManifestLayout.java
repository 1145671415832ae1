package io.tsdb.storage.shard;

/// Offsets of a manifest's body; see `docs/format/manifest.md`.
final class ManifestLayout {
    static final int LOG_INDEX = 0;
    static final int SERIES_MARK = 8;
    static final int NEXT_SEQUENCE = 16;
    static final int PART_COUNT = 24;
    static final int PARTS = 28;

    static final int PART_BYTES = 100;

    /// Bytes of a tombstone, without its rows.
    static final int TOMBSTONE_BYTES = 36;

    /// Bytes of a measurement's own position.
    static final int POSITION_BYTES = 16;

    /// Bytes of a cut whose merges may not be done.
    static final int MERGE_BYTES = 16;

    private ManifestLayout() {}
}
