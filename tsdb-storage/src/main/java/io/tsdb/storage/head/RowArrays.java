package io.tsdb.storage.head;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;

/// Arrays of full-size buffers that are in use no more, for the next buffers.
///
/// A buffer of a thousand rows takes 8 KB a field and is filled within seconds. Left to the garbage
/// collector whenever a scan had looked at it, such arrays outlive young collections, which then
/// copy them: at 300,000 rows/s with queries that was most of what was promoted, and pauses of 60
/// to 200 ms. So an array that scans may still read waits here until they have ended.
///
/// All but [#end] under the shard's lock.
public final class RowArrays {
    /// @param until newest reader that may have it
    private record Retired(long[] array, long until) {}

    private static final long NO_READER = 0;

    private final long bytesMax;
    private final ConcurrentSkipListSet<Long> readers = new ConcurrentSkipListSet<>();

    /// By length, those first that are to be had first.
    private final Map<Integer, ArrayDeque<Retired>> retired = new LinkedHashMap<>();

    private long bytes;
    private long newest = NO_READER;

    /// @param bytesMax that are kept; what comes beyond is left to the garbage collector
    public RowArrays(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// From now on, until [#end], a reader may hold what it finds in heads.
    ///
    /// @return its number
    public long begin() {
        newest++;
        readers.add(newest);
        return newest;
    }

    /// The reader reads nothing any more. Any thread; once more does nothing.
    public void end(long reader) {
        readers.remove(reader);
    }

    /// An array that is in no buffer any more.
    ///
    /// @param seen readers may have it that have begun until now
    void retire(long[] array, boolean seen) {
        long size = 8L * array.length;
        while (bytes + size > bytesMax) {
            if (!dropOther(array.length)) {
                return;
            }
        }
        bytes += size;
        ArrayDeque<Retired> queue = retired.computeIfAbsent(array.length, _ -> new ArrayDeque<>());
        if (seen) {
            queue.addLast(new Retired(array, newest));
        } else {
            queue.addFirst(new Retired(array, NO_READER));
        }
    }

    /// @return an array with anything in it
    long[] take(int length) {
        ArrayDeque<Retired> queue = retired.get(length);
        Retired first = queue == null ? null : queue.peekFirst();
        if (queue == null || first == null || isHeld(first)) {
            return new long[length];
        }
        queue.pollFirst();
        bytes -= 8L * length;
        return first.array();
    }

    private boolean isHeld(Retired one) {
        if (one.until() == NO_READER) {
            return false;
        }
        Long oldest = readers.ceiling(NO_READER);
        return oldest != null && oldest <= one.until();
    }

    /// Arrays of shapes that are written no more must not keep the place of others.
    private boolean dropOther(int length) {
        for (var entries = retired.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<Integer, ArrayDeque<Retired>> other = entries.next();
            if (other.getKey() == length) {
                continue;
            }
            if (other.getValue().pollFirst() != null) {
                bytes -= 8L * other.getKey();
            }
            if (other.getValue().isEmpty()) {
                entries.remove();
            }
            return true;
        }
        return false;
    }
}
