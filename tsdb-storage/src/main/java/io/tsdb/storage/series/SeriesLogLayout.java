package io.tsdb.storage.series;

/// Offsets of the series log's frames and entries; see `docs/format/series-log.md`.
final class SeriesLogLayout {
    static final String MAGIC = "TSDB-SER";

    /// Since 2 entries carry the catalog's numbers of database and measurement.
    static final int VERSION = 2;

    /// Where a framed file has its version.
    static final int VERSION_OFFSET = 8;

    /// Frame: u32 CRC32C of the frame's offset in the file (u64) and frame bytes `[4, end)`.
    static final int FRAME_CRC_OFFSET = 0;

    /// Frame: u32 length of the entries in bytes.
    static final int FRAME_LENGTH_OFFSET = 4;

    /// Frame: u32 number of series before it, which is the id of its first series.
    static final int FRAME_FIRST_SERIES_OFFSET = 8;

    /// Entries follow.
    static final int FRAME_HEADER_BYTES = 12;

    /// Entry: u8 kind, then a zero.
    static final int ENTRY_KIND_OFFSET = 0;

    /// Entry: u16 length of the bytes that follow the header.
    static final int ENTRY_LENGTH_OFFSET = 2;

    /// Entry: u32 number of the database.
    static final int ENTRY_DATABASE_OFFSET = 4;

    /// Entry: u32 number of the measurement in it; 0 where the entry is about the whole database.
    static final int ENTRY_MEASUREMENT_OFFSET = 8;

    static final int ENTRY_HEADER_BYTES = 12;

    /// A series gets the next id; bytes: its canonical key.
    static final int KIND_SERIES = 2;

    /// The database has ended, with all its series; no bytes.
    static final int KIND_DROP_DATABASE = 3;

    /// The measurement has ended, with all its series; no bytes.
    static final int KIND_DROP_MEASUREMENT = 4;

    /// Series of the measurement have ended; bytes: their ids, a serialized RoaringBitmap.
    static final int KIND_FORGET = 5;

    /// So many ids at most in one entry: 16 bytes each when they lie far apart, of 65,535.
    static final int FORGET_IDS_MAX = 4096;

    private SeriesLogLayout() {}
}
