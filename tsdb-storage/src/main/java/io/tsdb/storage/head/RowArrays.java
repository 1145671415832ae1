package io.tsdb.storage.head;

import io.tsdb.storage.scan.BlockCursor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;

/// Arrays of large buffers that are in use no more, for the next buffers: their rows, and the
/// orders in which these are to be read ([RowOrder]).
///
/// A buffer of a thousand rows takes 8 KB a field and is filled within seconds. Left to the garbage
/// collector whenever a scan had looked at it, such arrays outlive young collections, which then
/// copy them: at 300,000 rows/s with queries that was most of what was promoted, and pauses of 60
/// to 200 ms. So an array that scans may still read waits here until they have ended.
///
/// All but [#end] under the shard's lock.
public final class RowArrays {
    /// Smaller buffers are soon outgrown, and many: theirs are left to the garbage collector.
    private static final int ROWS_MIN = BlockCursor.ROWS_MAX / 4;

    /// @param until newest reader that may have it
    private record Retired<A>(A array, long until) {}

    private static final long NO_READER = 0;
    private static final int NO_LENGTH = 0;

    private final long bytesMax;
    private final ConcurrentSkipListSet<Long> readers = new ConcurrentSkipListSet<>();

    /// By length, those first that are to be had first.
    private final Map<Integer, ArrayDeque<Retired<long[]>>> retired = new LinkedHashMap<>();

    /// Of [BlockCursor#ROWS_MAX] rows.
    private final ArrayDeque<Retired<short[]>> orders = new ArrayDeque<>();

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

    /// The rows of a buffer that is not written to any more.
    ///
    /// @param capacity rows of the buffer
    /// @param seen readers may have them that have begun until now
    void retire(long[] array, int capacity, boolean seen) {
        if (capacity >= ROWS_MIN && makeRoom(8L * array.length, array.length)) {
            bytes += 8L * array.length;
            put(retired.computeIfAbsent(array.length, _ -> new ArrayDeque<>()), array, seen);
        }
    }

    /// The order of a buffer that is not written to any more.
    ///
    /// @param seen readers may have it that have begun until now
    void retireOrder(short[] places, boolean seen) {
        long size = Short.BYTES * (long) places.length;
        // no rows go for one, which is small beside them
        if (places.length == BlockCursor.ROWS_MAX && bytes + size <= bytesMax) {
            bytes += size;
            put(orders, places, seen);
        }
    }

    /// Of what waits here.
    public long bytes() {
        return bytes;
    }

    /// Leaves what is beyond so many bytes to the garbage collector.
    public void shrink(long bytesLeft) {
        boolean more = true;
        while (bytes > bytesLeft && more) {
            more = dropOther(NO_LENGTH);
        }
        while (bytes > bytesLeft && !orders.isEmpty()) {
            bytes -= Short.BYTES * (long) orders.removeFirst().array().length;
        }
    }

    private boolean makeRoom(long size, int length) {
        while (bytes + size > bytesMax) {
            if (!dropOther(length)) {
                return false;
            }
        }
        return true;
    }

    private <A> void put(ArrayDeque<Retired<A>> queue, A array, boolean seen) {
        if (seen) {
            queue.addLast(new Retired<>(array, newest));
        } else {
            queue.addFirst(new Retired<>(array, NO_READER));
        }
    }

    /// Rows for a buffer.
    ///
    /// @param capacity rows of the buffer
    /// @param stride longs a row
    /// @return an array with anything in it
    long[] take(int capacity, int stride) {
        int length = capacity * stride;
        ArrayDeque<Retired<long[]>> queue = capacity < ROWS_MIN ? null : retired.get(length);
        long[] found = queue == null ? null : poll(queue);
        if (found == null) {
            return new long[length];
        }
        bytes -= 8L * length;
        return found;
    }

    /// An order for a buffer.
    ///
    /// @param capacity rows of the buffer
    /// @return an array with anything in it
    short[] takeOrder(int capacity) {
        short[] found = capacity == BlockCursor.ROWS_MAX ? poll(orders) : null;
        if (found == null) {
            return new short[capacity];
        }
        bytes -= Short.BYTES * (long) capacity;
        return found;
    }

    private <A> @Nullable A poll(ArrayDeque<Retired<A>> queue) {
        Retired<A> first = queue.peekFirst();
        if (first == null || isHeld(first)) {
            return null;
        }
        queue.pollFirst();
        return first.array();
    }

    private boolean isHeld(Retired<?> one) {
        if (one.until() == NO_READER) {
            return false;
        }
        Long oldest = readers.ceiling(NO_READER);
        return oldest != null && oldest <= one.until();
    }

    /// Arrays of shapes that are written no more must not keep the place of others.
    private boolean dropOther(int length) {
        for (var entries = retired.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<Integer, ArrayDeque<Retired<long[]>>> other = entries.next();
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
