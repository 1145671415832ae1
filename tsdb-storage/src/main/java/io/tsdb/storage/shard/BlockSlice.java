package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Cuts a block that spans a partition's edge. Scratch for one thread.
final class BlockSlice {
    private final BlockBuilder builder = new BlockBuilder();
    private final long[] times = new long[BlockCursor.ROWS_MAX];
    private final long[] cutTimes = new long[BlockCursor.ROWS_MAX];
    private final long[] values = new long[BlockCursor.ROWS_MAX];
    private final int[] ids = new int[BlockCursor.ROWS_MAX];
    private final long[] presence = new long[BlockCursor.PRESENCE_WORDS];
    private final long[] cutPresence = new long[BlockCursor.PRESENCE_WORDS];

    /// Rows of the block with `fromNanos <= time <= lastNanos`, the block itself when that is all
    /// of it.
    Optional<Block> slice(Block block, long fromNanos, long lastNanos) {
        if (block.minTime() >= fromNanos && block.maxTime() <= lastNanos) {
            return Optional.of(block);
        }
        block.decodeTimes(times);
        int from = 0;
        int to = block.pointCount();
        while (from < to && times[from] < fromNanos) {
            from++;
        }
        while (to > from && times[to - 1] > lastNanos) {
            to--;
        }
        if (from == to) {
            return Optional.empty();
        }
        int count = to - from;
        System.arraycopy(times, from, cutTimes, 0, count);
        builder.begin(cutTimes, count);
        for (int column = 0; column < block.columnCount(); column++) {
            addColumn(block, column, from, count);
        }
        return Optional.of(builder.build());
    }

    private void addColumn(Block block, int column, int from, int count) {
        int field = block.fieldIndex(column);
        switch (block.type(column)) {
            case INT64, BOOL -> {
                long[] bits = cut(block.decodeLongs(column, values, presence), from, count);
                builder.longs(field, block.type(column), values, bits);
            }
            case FLOAT64 -> {
                long[] bits = cut(block.decodeLongs(column, values, presence), from, count);
                builder.doubles(field, values, FieldColumn.DECIMALS_UNKNOWN, bits);
            }
            case STRING -> addStrings(block, column, from, count);
        }
    }

    private void addStrings(Block block, int column, int from, int count) {
        Presence found = block.decodeStringIds(column, ids, presence);
        byte[][] dictionary = block.dictionaryBytes(column);
        long[] references = new long[dictionary.length];
        var heap = new java.io.ByteArrayOutputStream();
        for (int id = 0; id < dictionary.length; id++) {
            references[id] = (long) heap.size() << 32 | dictionary[id].length;
            heap.writeBytes(dictionary[id]);
        }
        for (int row = 0; row < block.pointCount(); row++) {
            boolean present = found == Presence.ALL || (presence[row >>> 6] >>> row & 1) != 0;
            values[row] = present ? references[ids[row]] : 0;
        }
        long[] bits = cut(found, from, count);
        builder.strings(block.fieldIndex(column), heap.toByteArray(), values, bits);
    }

    /// Moves values and presence of rows `[from, from + count)` to the front.
    private long @Nullable [] cut(Presence found, int from, int count) {
        System.arraycopy(values, from, values, 0, count);
        if (found == Presence.ALL) {
            return null;
        }
        java.util.Arrays.fill(cutPresence, 0);
        if (found == Presence.SOME) {
            for (int row = 0; row < count; row++) {
                int at = from + row;
                cutPresence[row >>> 6] |= (presence[at >>> 6] >>> at & 1) << row;
            }
        }
        return cutPresence;
    }
}
