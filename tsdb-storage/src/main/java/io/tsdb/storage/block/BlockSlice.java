package io.tsdb.storage.block;

import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/// Makes a block of some rows of another. Scratch for one thread.
public final class BlockSlice {
    private final BlockBuilder builder = new BlockBuilder();
    private final long[] times = new long[BlockCursor.ROWS_MAX];
    private final long[] cutTimes = new long[BlockCursor.ROWS_MAX];
    private final long[] values = new long[BlockCursor.ROWS_MAX];
    private final int[] ids = new int[BlockCursor.ROWS_MAX];
    private final long[] presence = new long[BlockCursor.PRESENCE_WORDS];
    private final long[] cutPresence = new long[BlockCursor.PRESENCE_WORDS];
    private final int[] rows = new int[BlockCursor.ROWS_MAX];
    private int count;

    /// Says of a row whether it stays.
    public interface RowFilter {
        boolean keeps(long timeNanos);
    }

    /// Rows of the block with `fromNanos <= time <= lastNanos`, the block itself when that is all
    /// of it.
    public Optional<Block> slice(Block block, long fromNanos, long lastNanos) {
        if (block.minTime() >= fromNanos && block.maxTime() <= lastNanos) {
            return Optional.of(block);
        }
        return filter(block, time -> time >= fromNanos && time <= lastNanos);
    }

    /// Rows of the block that the filter keeps, the block itself when that is all of it.
    public Optional<Block> filter(Block block, RowFilter filter) {
        block.decodeTimes(times);
        count = 0;
        for (int row = 0; row < block.pointCount(); row++) {
            if (filter.keeps(times[row])) {
                cutTimes[count] = times[row];
                rows[count++] = row;
            }
        }
        if (count == 0) {
            return Optional.empty();
        }
        if (count == block.pointCount()) {
            return Optional.of(block);
        }
        builder.begin(cutTimes, count);
        for (int column = 0; column < block.columnCount(); column++) {
            addColumn(block, column);
        }
        return Optional.of(builder.build());
    }

    private void addColumn(Block block, int column) {
        int field = block.fieldIndex(column);
        switch (block.type(column)) {
            case INT64, UINT64, BOOL -> {
                long[] bits = cut(block.decodeLongs(column, values, presence));
                builder.longs(field, block.type(column), values, bits);
            }
            case FLOAT64 -> {
                long[] bits = cut(block.decodeLongs(column, values, presence));
                builder.doubles(field, values, block.decimals(column), bits);
            }
            case STRING -> addStrings(block, column);
        }
    }

    private void addStrings(Block block, int column) {
        Presence found = block.decodeStringIds(column, ids, presence);
        byte[][] dictionary = block.dictionaryBytes(column);
        long[] references = new long[dictionary.length];
        var heap = new ByteArrayOutputStream();
        for (int id = 0; id < dictionary.length; id++) {
            references[id] = (long) heap.size() << 32 | dictionary[id].length;
            heap.writeBytes(dictionary[id]);
        }
        for (int row = 0; row < block.pointCount(); row++) {
            boolean present = found == Presence.ALL || (presence[row >>> 6] >>> row & 1) != 0;
            values[row] = present ? references[ids[row]] : 0;
        }
        long[] bits = cut(found);
        builder.strings(block.fieldIndex(column), heap.toByteArray(), values, bits);
    }

    /// Moves values and presence of the rows that stay to the front.
    private long @Nullable [] cut(Presence found) {
        for (int to = 0; to < count; to++) {
            values[to] = values[rows[to]];
        }
        if (found == Presence.ALL) {
            return null;
        }
        Arrays.fill(cutPresence, 0);
        if (found == Presence.SOME) {
            for (int to = 0; to < count; to++) {
                int at = rows[to];
                cutPresence[to >>> 6] |= (presence[at >>> 6] >>> at & 1) << to;
            }
        }
        return cutPresence;
    }
}
