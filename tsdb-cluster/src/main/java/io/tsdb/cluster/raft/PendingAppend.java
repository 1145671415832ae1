package io.tsdb.cluster.raft;

import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// An append of this node until its entry is delivered: what is sent, again if need be.
///
/// @param sequence among the appends of this node to the log, from 1
/// @param entry null when what is delivered is decoded: the caller has it back by then, or it is
///   none for the applier
/// @param isForwarded whether the leader's answer settles it, and not only what is delivered here
/// @param bytes `bytes[0, length)` is what is logged; the header is put in when it is sent
record PendingAppend(
        long sequence,
        @Nullable LogEntry entry,
        byte[] bytes,
        int length,
        ShardLog.Commit commit,
        boolean isForwarded,
        long sinceNanos) {
    /// What is sent the first time.
    byte[] first(long origin, long floor) {
        putHeader(bytes, origin, floor);
        return bytes;
    }

    /// What is sent again: in an array of its own, since the other one may still be under way.
    byte[] again(long origin, long floor) {
        byte[] copy = Arrays.copyOf(bytes, length);
        putHeader(copy, origin, floor);
        return copy;
    }

    private void putHeader(byte[] target, long origin, long floor) {
        target[EntryHeaderLayout.VERSION_OFFSET] = EntryHeaderLayout.VERSION;
        LittleEndian.putLong(target, EntryHeaderLayout.ORIGIN_OFFSET, origin);
        LittleEndian.putLong(target, EntryHeaderLayout.SEQUENCE_OFFSET, sequence);
        LittleEndian.putLong(target, EntryHeaderLayout.FLOOR_OFFSET, floor);
    }
}
