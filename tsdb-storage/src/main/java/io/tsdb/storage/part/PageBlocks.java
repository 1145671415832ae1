package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.parquet.DecodedPage;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.scan.Presence;

import java.util.Arrays;
import java.util.List;

/// Turns decoded pages that cover the same rows into blocks. One thread.
final class PageBlocks {
    /// Nothing is known of the values' decimal places here; the encoder looks for them.
    private static final int DECIMALS_UNKNOWN = -1;

    private final ParquetColumns columns;
    private final int[] fieldIndexes;
    private final int[] fieldOrder;
    private final BlockBuilder builder = new BlockBuilder();
    private final long[] times = new long[Block.POINTS_MAX];
    private final long[] values = new long[Block.POINTS_MAX];
    private final long[] presence = new long[Block.POINTS_MAX / Long.SIZE];

    private final DecodedPage timePage;
    private final List<DecodedPage> fieldPages;
    private final int[] valuesTaken;
    private int row;

    /// @param fieldIndexes for each of the columns' fields the index that blocks know it by
    /// @param timePage times of the rows
    /// @param fieldPages values of the rows, one page a field; an absent one where the field is not
    ///   wanted
    PageBlocks(
            ParquetColumns columns,
            int[] fieldIndexes,
            DecodedPage timePage,
            List<DecodedPage> fieldPages) {
        this.columns = columns;
        this.fieldIndexes = fieldIndexes;
        this.timePage = timePage;
        this.fieldPages = fieldPages;
        this.valuesTaken = new int[fieldIndexes.length];
        this.fieldOrder = orderOf(fieldIndexes);
    }

    /// Makes a block of the next rows.
    Block next(int pointCount) {
        System.arraycopy(timePage.values(), row, times, 0, pointCount);
        builder.begin(times, pointCount);
        for (int field : fieldOrder) {
            DecodedPage page = fieldPages.get(field);
            if (page.presence() != Presence.NONE) {
                add(field, page, pointCount);
            }
        }
        row += pointCount;
        return builder.build();
    }

    private void add(int field, DecodedPage page, int pointCount) {
        int taken = valuesTaken[field];
        boolean whole = page.presence() == Presence.ALL;
        if (whole) {
            System.arraycopy(page.values(), taken, values, 0, pointCount);
            valuesTaken[field] = taken + pointCount;
        } else {
            valuesTaken[field] = spread(page, taken, pointCount);
            if (valuesTaken[field] == taken) {
                return;
            }
        }
        int index = fieldIndexes[field];
        FieldType type = columns.fields().get(field).type();
        switch (type) {
            case INT64, UINT64, BOOL -> builder.longs(index, type, values, whole ? null : presence);
            case FLOAT64 ->
                    builder.doubles(index, values, DECIMALS_UNKNOWN, whole ? null : presence);
            case STRING -> builder.strings(index, page.heap(), values, whole ? null : presence);
        }
    }

    /// Puts present values to their rows.
    ///
    /// @return how many of the page's values are taken now
    private int spread(DecodedPage page, int taken, int pointCount) {
        Arrays.fill(presence, 0);
        int from = taken;
        for (int i = 0; i < pointCount; i++) {
            if (page.isPresent(row + i)) {
                presence[i >>> 6] |= 1L << i;
                values[i] = page.values()[from++];
            }
        }
        return from;
    }

    /// Blocks want their columns by ascending index, the file has them by name.
    private static int[] orderOf(int[] fieldIndexes) {
        long[] order = new long[fieldIndexes.length];
        for (int field = 0; field < order.length; field++) {
            order[field] = (long) fieldIndexes[field] << 32 | field;
        }
        Arrays.sort(order);
        int[] fields = new int[order.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = (int) order[i];
        }
        return fields;
    }
}
