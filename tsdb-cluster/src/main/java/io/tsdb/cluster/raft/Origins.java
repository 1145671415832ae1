package io.tsdb.cluster.raft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.LinkedHashMap;

/// Which append of each origin comes next in a log: so one that was sent again counts once, and the
/// appends of an origin count in its order. A state machine over the log: the same on every
/// replica, and a part of its snapshot.
///
/// Origins that were silent for longest are forgotten; they were restarted long ago.
final class Origins {
    static final int ORIGINS_MAX = 1_024;

    private static final int BYTES = 2 * Long.BYTES;

    /// Next sequence by origin; the one that was heard of last comes last.
    private final LinkedHashMap<Long, Long> next = new LinkedHashMap<>();

    /// @param floor appends below it are settled: they will not be sent again
    AppendOutcome accept(long origin, long sequence, long floor) {
        Long known = next.remove(origin);
        long expected = known == null ? floor : Math.max(known, floor);
        AppendOutcome verdict =
                sequence == expected
                        ? AppendOutcome.DELIVERED
                        : sequence < expected ? AppendOutcome.REPEATED : AppendOutcome.EARLY;
        next.put(origin, verdict == AppendOutcome.DELIVERED ? sequence + 1 : expected);
        if (next.size() > ORIGINS_MAX) {
            Iterator<Long> oldest = next.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return verdict;
    }

    Origins copy() {
        var copy = new Origins();
        copy.next.putAll(next);
        return copy;
    }

    /// Bytes: `docs/format/raft-log.md#snapshot`.
    int sizeBytes() {
        return Integer.BYTES + BYTES * next.size();
    }

    void put(ByteBuffer out) {
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(next.size());
        next.forEach((origin, sequence) -> out.putLong(origin).putLong(sequence));
    }

    /// @throws java.nio.BufferUnderflowException when it ends too early
    static Origins get(ByteBuffer in) {
        var result = new Origins();
        in.order(ByteOrder.LITTLE_ENDIAN);
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
            result.next.put(in.getLong(), in.getLong());
        }
        return result;
    }
}
