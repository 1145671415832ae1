package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.FieldSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Blocks as lines, one a row, to compare them: bits of numbers, texts, `-` where a value is
/// absent.
final class BlockText {
    private BlockText() {}

    static List<String> of(Block block) {
        int[] all = new int[block.columnCount()];
        Arrays.setAll(all, block::fieldIndex);
        return of(block, FieldSet.of(all));
    }

    /// Columns of some fields.
    static List<String> of(Block block, FieldSet fields) {
        long[] times = new long[Block.POINTS_MAX];
        block.decodeTimes(times);
        var lines = new ArrayList<StringBuilder>();
        for (int row = 0; row < block.pointCount(); row++) {
            lines.add(new StringBuilder().append(times[row]));
        }
        long[] longs = new long[Block.POINTS_MAX];
        int[] ids = new int[Block.POINTS_MAX];
        long[] presence = new long[Block.POINTS_MAX / Long.SIZE];
        for (int column = 0; column < block.columnCount(); column++) {
            if (!fields.contains(block.fieldIndex(column))) {
                continue;
            }
            boolean text = block.type(column) == FieldType.STRING;
            Presence present =
                    text
                            ? block.decodeStringIds(column, ids, presence)
                            : block.decodeLongs(column, longs, presence);
            String[] dictionary = text ? block.dictionary(column) : new String[0];
            for (int row = 0; row < block.pointCount(); row++) {
                boolean has =
                        present == Presence.ALL
                                || (present == Presence.SOME
                                        && (presence[row >>> 6] >>> row & 1) != 0);
                lines.get(row)
                        .append(' ')
                        .append(block.fieldIndex(column))
                        .append(':')
                        .append(block.type(column))
                        .append('=')
                        .append(!has ? "-" : text ? dictionary[ids[row]] : longs[row]);
            }
        }
        return lines.stream().map(StringBuilder::toString).toList();
    }
}
