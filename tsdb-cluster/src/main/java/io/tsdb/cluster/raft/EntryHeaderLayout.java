package io.tsdb.cluster.raft;

/// Offsets in front of an entry in a Raft log; see `docs/format/raft-log.md#entry`.
final class EntryHeaderLayout {
    /// u8 version of this layout.
    static final int VERSION_OFFSET = 0;

    /// u64 who appended it: a number that a process draws at its start.
    static final int ORIGIN_OFFSET = 1;

    /// u64 number of the append among those of its origin to this log, from 1.
    static final int SEQUENCE_OFFSET = 9;

    /// u64 appends of the origin before this one are settled: none of them will come again.
    static final int FLOOR_OFFSET = 17;

    static final int BYTES = 25;

    /// Kind of an entry that is this package's own: every member has the log on disk up to the u64
    /// index behind it. No kind of a log entry has that number.
    static final int KIND_HELD = 0;

    static final int HELD_BYTES = BYTES + 1 + Long.BYTES;

    static final int VERSION = 1;

    private EntryHeaderLayout() {}
}
