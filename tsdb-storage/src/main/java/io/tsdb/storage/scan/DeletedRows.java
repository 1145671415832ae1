package io.tsdb.storage.scan;

import io.tsdb.storage.model.SeriesIds;
import io.tsdb.storage.model.TimeRange;

import org.roaringbitmap.RoaringBitmap;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Rows of one measurement in one shard that a delete names: what was decided, not what was asked.
/// Immutable; any thread.
///
/// Bytes: `docs/format/wal.md#deleted-rows`.
public sealed interface DeletedRows {
    /// Every row of some series within a range.
    ///
    /// @param series shard-local ids; not changed any more
    record OfSeries(RoaringBitmap series, TimeRange range) implements DeletedRows {
        @Override
        public boolean touches(int seriesId, long minTime, long maxTime) {
            return range.overlaps(minTime, maxTime) && series.contains(seriesId);
        }

        @Override
        public boolean covers(int seriesId, long minTime, long maxTime) {
            return range.covers(minTime, maxTime) && series.contains(seriesId);
        }

        @Override
        public boolean contains(int seriesId, long time) {
            return range.contains(time) && series.contains(seriesId);
        }

        @Override
        public boolean overlaps(long minTime, long maxTime) {
            return range.overlaps(minTime, maxTime);
        }
    }

    /// Single rows.
    ///
    /// @param times by shard-local id the times, ascending, at least one
    record Single(TreeMap<Integer, long[]> times) implements DeletedRows {
        @Override
        public boolean touches(int seriesId, long minTime, long maxTime) {
            long[] own = times.get(seriesId);
            return own != null && anyBetween(own, minTime, maxTime);
        }

        private static boolean anyBetween(long[] own, long minTime, long maxTime) {
            int at = Arrays.binarySearch(own, minTime);
            int next = at >= 0 ? at : -at - 1;
            return next < own.length && own[next] <= maxTime;
        }

        @Override
        public boolean covers(int seriesId, long minTime, long maxTime) {
            return minTime == maxTime && contains(seriesId, minTime);
        }

        @Override
        public boolean contains(int seriesId, long time) {
            long[] own = times.get(seriesId);
            return own != null && Arrays.binarySearch(own, time) >= 0;
        }

        @Override
        public boolean overlaps(long minTime, long maxTime) {
            for (long[] own : times.values()) {
                if (anyBetween(own, minTime, maxTime)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Whether some row of a series between two times may be named; both inclusive.
    boolean touches(int seriesId, long minTime, long maxTime);

    /// Whether every row of a series between two times is named, wherever it lies there.
    boolean covers(int seriesId, long minTime, long maxTime);

    boolean contains(int seriesId, long time);

    /// Whether some of these series have named rows.
    default boolean namesAnyOf(int[] seriesIds) {
        for (int id : seriesIds) {
            if (touches(id, Long.MIN_VALUE, Long.MAX_VALUE)) {
                return true;
            }
        }
        return false;
    }

    /// Whether some row of any series between two times may be named; both inclusive.
    boolean overlaps(long minTime, long maxTime);

    /// About the number of bytes that [#toBytes] gives; of single rows exactly.
    default long sizeBytes() {
        return switch (this) {
            case OfSeries(RoaringBitmap series, _) -> 17L + series.serializedSizeInBytes();
            case Single(TreeMap<Integer, long[]> times) -> {
                long size = 5;
                for (long[] own : times.values()) {
                    size += 8L + (long) Long.BYTES * own.length;
                }
                yield size;
            }
        };
    }

    /// These rows as bytes.
    default byte[] toBytes() {
        return switch (this) {
            case OfSeries(RoaringBitmap series, TimeRange range) -> {
                byte[] ids = SeriesIds.toBytes(series);
                ByteBuffer out = buffer(17 + ids.length);
                out.put((byte) 0).putLong(range.fromNanos()).putLong(range.toNanos()).put(ids);
                yield out.array();
            }
            case Single(TreeMap<Integer, long[]> times) -> {
                ByteBuffer out = buffer(Math.toIntExact(sizeBytes()));
                out.put((byte) 1).putInt(times.size());
                for (Map.Entry<Integer, long[]> entry : times.entrySet()) {
                    out.putInt(entry.getKey()).putInt(entry.getValue().length);
                    for (long time : entry.getValue()) {
                        out.putLong(time);
                    }
                }
                yield out.array();
            }
        };
    }

    /// The way back from [#toBytes].
    ///
    /// @throws IllegalArgumentException when these are no such bytes
    static DeletedRows of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int kind = in.get();
            if (kind == 0) {
                var range = new TimeRange(in.getLong(), in.getLong());
                return new OfSeries(SeriesIds.of(bytes, in.position(), bytes.length), range);
            }
            if (kind != 1) {
                throw new IllegalArgumentException("deleted rows of kind " + kind);
            }
            int seriesCount = in.getInt();
            var times = new TreeMap<Integer, long[]>();
            for (int i = 0; i < seriesCount; i++) {
                int series = in.getInt();
                int count = in.getInt();
                if (count < 1 || count > in.remaining() / Long.BYTES) {
                    throw new IllegalArgumentException(count + " deleted rows of a series");
                }
                long[] own = new long[count];
                in.asLongBuffer().get(own);
                in.position(in.position() + count * Long.BYTES);
                times.put(series, own);
            }
            return new Single(times);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("deleted rows that end too early", e);
        }
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
