package io.tsdb.cluster.read;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.wire.PlanReader;
import io.tsdb.query.wire.PlanWriter;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.io.LittleEndian;

import java.time.Duration;
import java.util.Arrays;

/// A fragment for a shard of another node, with what bounds it. Bytes:
/// `docs/protocol/data-port.md#run`.
///
/// @param isProfiled whether it is asked what was done
/// @param timeLeft until the query's limit
/// @param windowBytes of batches that may be sent before any was taken
/// @param groupsMax most groups of an aggregation
/// @param catalogIndex up to where the catalog was applied where names were resolved
record ShardRequest(
        Consistency consistency,
        boolean isProfiled,
        Duration timeLeft,
        long windowBytes,
        int groupsMax,
        long catalogIndex,
        Fragment fragment) {
    private static final int FLAGS_OFFSET = 0;
    private static final int TIME_OFFSET = 1;
    private static final int WINDOW_OFFSET = 9;
    private static final int GROUPS_OFFSET = 17;
    private static final int CATALOG_OFFSET = 21;
    private static final int HEADER_BYTES = 29;

    private static final int EVENTUAL_FLAG = 1;
    private static final int PROFILED_FLAG = 2;

    byte[] toBytes() {
        byte[] plan = PlanWriter.toBytes(fragment);
        byte[] bytes = new byte[HEADER_BYTES + plan.length];
        int flags =
                (consistency == Consistency.EVENTUAL ? EVENTUAL_FLAG : 0)
                        | (isProfiled ? PROFILED_FLAG : 0);
        bytes[FLAGS_OFFSET] = (byte) flags;
        LittleEndian.putLong(bytes, TIME_OFFSET, timeLeft.toNanos());
        LittleEndian.putLong(bytes, WINDOW_OFFSET, windowBytes);
        LittleEndian.putInt(bytes, GROUPS_OFFSET, groupsMax);
        LittleEndian.putLong(bytes, CATALOG_OFFSET, catalogIndex);
        System.arraycopy(plan, 0, bytes, HEADER_BYTES, plan.length);
        return bytes;
    }

    /// @throws IllegalArgumentException when the bytes are no request
    /// @throws WireException when the fragment is none that this node can run
    static ShardRequest of(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            throw new IllegalArgumentException("a request of " + bytes.length + " bytes");
        }
        int flags = bytes[FLAGS_OFFSET];
        long nanos = LittleEndian.getLong(bytes, TIME_OFFSET);
        long window = LittleEndian.getLong(bytes, WINDOW_OFFSET);
        int groups = LittleEndian.getInt(bytes, GROUPS_OFFSET);
        if ((flags & ~(EVENTUAL_FLAG | PROFILED_FLAG)) != 0
                || nanos < 0
                || window < 1
                || groups < 1) {
            throw new IllegalArgumentException(
                    "a request with flags %d, %d ns, a window of %d bytes and %d groups"
                            .formatted(flags, nanos, window, groups));
        }
        return new ShardRequest(
                (flags & EVENTUAL_FLAG) != 0 ? Consistency.EVENTUAL : Consistency.STRONG,
                (flags & PROFILED_FLAG) != 0,
                Duration.ofNanos(nanos),
                window,
                groups,
                LittleEndian.getLong(bytes, CATALOG_OFFSET),
                PlanReader.fragment(Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length)));
    }
}
