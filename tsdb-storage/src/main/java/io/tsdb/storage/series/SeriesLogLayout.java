package io.tsdb.storage.series;

/// Offsets of the series log's frames and entries; see `docs/format/series-log.md`.
final class SeriesLogLayout {
    static final String MAGIC = "TSDB-SER";
    static final int VERSION = 1;

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

    /// Entry: u16 number of the database.
    static final int ENTRY_DATABASE_OFFSET = 2;

    /// Entry: u16 length of the bytes that follow.
    static final int ENTRY_LENGTH_OFFSET = 4;

    static final int ENTRY_HEADER_BYTES = 6;

    /// A database gets the next number; bytes: its name in UTF-8.
    static final int KIND_DATABASE = 1;

    /// A series gets the next id; bytes: its canonical key.
    static final int KIND_SERIES = 2;

    /// All series of a database so far are gone; no bytes.
    static final int KIND_DROP = 3;

    static final int DATABASES_MAX = 65_536;

    private SeriesLogLayout() {}
}
