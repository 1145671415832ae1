package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.block.RowSort;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

/// Turns the rows of an open buffer into a block: sorted by time, rows of equal time united field
/// by field, the later arrival winning. Scratch for one thread, made when it is first needed: most
/// scans seal nothing.
public final class Sealer {
    private @Nullable Work work;

    /// @param open at least one row
    public Block seal(OpenRows open) {
        Work known = work;
        if (known == null) {
            known = new Work();
            work = known;
        }
        return known.seal(open);
    }

    /// What a [Sealer] works with.
    private static final class Work {
        private final BlockBuilder builder = new BlockBuilder();
        private final RowSort sort = new RowSort();
        private final long[] times = new long[BlockCursor.ROWS_MAX];
        private final long[] values = new long[BlockCursor.ROWS_MAX];
        private final long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        private final long[] sortedTimes = new long[BlockCursor.ROWS_MAX];
        private final long[] sortedValues = new long[BlockCursor.ROWS_MAX];
        private final long[] sortedPresence = new long[BlockCursor.PRESENCE_WORDS];

        Block seal(OpenRows open) {
            open.times(times);
            boolean ascending = open.ascending();
            int rowCount = open.count();
            if (ascending) {
                builder.begin(times, rowCount);
            } else {
                rowCount = sort.sort(times, rowCount);
                ascending = sort.isIdentity();
                if (ascending) {
                    builder.begin(times, rowCount);
                } else {
                    sort.gatherTimes(times, sortedTimes);
                    builder.begin(sortedTimes, rowCount);
                }
            }
            RowLayout layout = open.layout();
            for (int slot = 0; slot < layout.fieldCount(); slot++) {
                Presence found = open.longs(layout.field(slot).index(), values, presence);
                if (found == Presence.NONE) {
                    continue;
                }
                long @Nullable [] bits = found == Presence.ALL ? null : presence;
                if (ascending) {
                    add(open, slot, values, bits);
                } else {
                    Presence united = sort.gather(values, bits, sortedValues, sortedPresence);
                    add(open, slot, sortedValues, united == Presence.ALL ? null : sortedPresence);
                }
            }
            return builder.build();
        }

        private void add(OpenRows open, int slot, long[] column, long @Nullable [] bits) {
            RowLayout layout = open.layout();
            int field = layout.field(slot).index();
            FieldType type = layout.type(slot);
            switch (type) {
                case INT64, UINT64, BOOL -> builder.longs(field, type, column, bits);
                case FLOAT64 -> builder.doubles(field, column, layout.decimals(slot), bits);
                case STRING -> builder.strings(field, open.heap(), column, bits);
            }
        }
    }
}
