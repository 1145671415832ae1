package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Rows of a sample as lines, as a Parquet reader should find them: time in nanoseconds, tags,
/// fields, with the bits of doubles.
final class PartRows {
    private PartRows() {}

    static List<String> columns(PartSample sample) {
        var columns = new ArrayList<String>();
        columns.addAll(sample.schema.tagKeys());
        columns.addAll(sample.schema.fields().keySet());
        return columns;
    }

    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "absent";
            case Double number -> "bits " + Double.doubleToRawLongBits(number);
            default -> value.toString();
        };
    }

    static List<String> of(PartSample sample) {
        var rows = new ArrayList<String>();
        sample.series.forEach(
                (key, blocks) -> {
                    var tags = new HashMap<String, String>();
                    for (int i = 0; i < key.tags().size(); i += 2) {
                        tags.put(key.tags().get(i), key.tags().get(i + 1));
                    }
                    var prefix = new StringBuilder();
                    for (String tag : sample.schema.tagKeys()) {
                        prefix.append('|').append(text(tags.get(tag)));
                    }
                    blocks.forEach(block -> addRows(sample, block, prefix.toString(), rows));
                });
        return rows;
    }

    private static void addRows(PartSample sample, Block block, String tags, List<String> rows) {
        long[] times = new long[Block.POINTS_MAX];
        block.decodeTimes(times);
        var lines = new ArrayList<StringBuilder>();
        for (int row = 0; row < block.pointCount(); row++) {
            lines.add(new StringBuilder().append(times[row]).append(tags));
        }
        sample.schema.fields().values().stream()
                .forEach(field -> addColumn(block, block.columnOf(field.index()), lines));
        lines.forEach(line -> rows.add(line.toString()));
    }

    private static void addColumn(Block block, int column, List<StringBuilder> lines) {
        long[] values = new long[Block.POINTS_MAX];
        int[] ids = new int[Block.POINTS_MAX];
        long[] bits = new long[Block.POINTS_MAX / Long.SIZE];
        Presence presence = Presence.NONE;
        String[] dictionary = {};
        if (column >= 0 && block.type(column) == FieldType.STRING) {
            presence = block.decodeStringIds(column, ids, bits);
            dictionary = block.dictionary(column);
        } else if (column >= 0) {
            presence = block.decodeLongs(column, values, bits);
        }
        for (int row = 0; row < lines.size(); row++) {
            boolean has =
                    presence == Presence.ALL
                            || (presence == Presence.SOME && (bits[row >>> 6] >>> row & 1) != 0);
            lines.get(row).append('|');
            if (!has) {
                lines.get(row).append("absent");
                continue;
            }
            switch (block.type(column)) {
                case UINT64 -> lines.get(row).append(Uint64.toText(values[row]));
                case INT64 -> lines.get(row).append(values[row]);
                case FLOAT64 -> lines.get(row).append("bits ").append(values[row]);
                case BOOL -> lines.get(row).append(values[row] == 1);
                case STRING -> lines.get(row).append(dictionary[ids[row]]);
            }
        }
    }
}
