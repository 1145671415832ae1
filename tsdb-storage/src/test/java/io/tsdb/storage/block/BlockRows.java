package io.tsdb.storage.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.Presence;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Points as plain maps, time -> field index -> value, to build blocks from and to compare blocks
/// with.
///
/// Values are Long (INT64), Double bits as [Bits] (FLOAT64), Boolean (BOOL), String (STRING).
final class BlockRows {
    /// A float64 by its bits, so that NaN payloads and zeros compare exactly.
    record Bits(long bits) {}

    private BlockRows() {}

    static Block build(BlockBuilder builder, TreeMap<Long, Map<Integer, Object>> rows) {
        long[] times = rows.keySet().stream().mapToLong(Long::longValue).toArray();
        builder.begin(times, times.length);
        var types = new TreeMap<Integer, FieldType>();
        rows.values()
                .forEach(row -> row.forEach((field, value) -> types.put(field, typeOf(value))));
        types.forEach((field, type) -> addColumn(builder, rows, field, type));
        return builder.build();
    }

    static TreeMap<Long, Map<Integer, Object>> read(Block block) {
        var rows = new TreeMap<Long, Map<Integer, Object>>();
        long[] times = new long[Block.POINTS_MAX];
        block.decodeTimes(times);
        for (int row = 0; row < block.pointCount(); row++) {
            rows.put(times[row], new TreeMap<>());
        }
        long[] longs = new long[Block.POINTS_MAX];
        int[] ids = new int[Block.POINTS_MAX];
        long[] presence = new long[Block.POINTS_MAX / 64];
        for (int column = 0; column < block.columnCount(); column++) {
            boolean string = block.type(column) == FieldType.STRING;
            Presence present =
                    string
                            ? block.decodeStringIds(column, ids, presence)
                            : block.decodeLongs(column, longs, presence);
            String[] dictionary = string ? block.dictionary(column) : new String[0];
            for (int row = 0; row < block.pointCount(); row++) {
                if (present == Presence.ALL
                        || present == Presence.SOME && (presence[row >> 6] >>> row & 1) != 0) {
                    Object value =
                            switch (block.type(column)) {
                                case INT64 -> longs[row];
                                case UINT64 -> new BigInteger(Uint64.toText(longs[row]));
                                case FLOAT64 -> new Bits(longs[row]);
                                case BOOL -> longs[row] == 1;
                                case STRING -> dictionary[ids[row]];
                            };
                    rows.computeIfAbsent(times[row], _ -> new TreeMap<>())
                            .put(block.fieldIndex(column), value);
                }
            }
        }
        return rows;
    }

    static TreeMap<Long, Map<Integer, Object>> readAll(List<Block> blocks) {
        var rows = new TreeMap<Long, Map<Integer, Object>>();
        blocks.forEach(block -> rows.putAll(read(block)));
        return rows;
    }

    static FieldType typeOf(Object value) {
        return switch (value) {
            case Long _ -> FieldType.INT64;
            case BigInteger _ -> FieldType.UINT64;
            case Bits _ -> FieldType.FLOAT64;
            case Boolean _ -> FieldType.BOOL;
            case String _ -> FieldType.STRING;
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static void addColumn(
            BlockBuilder builder,
            TreeMap<Long, Map<Integer, Object>> rows,
            int field,
            FieldType type) {
        long[] bits = new long[rows.size()];
        long[] presence = new long[Block.POINTS_MAX / 64];
        var heap = new ByteArrayOutputStream();
        int row = 0;
        boolean all = true;
        for (Map<Integer, Object> values : rows.values()) {
            Object value = values.get(field);
            if (value == null) {
                all = false;
                bits[row] = 0xDEAD_BEEF_0000_0000L; // must not be looked at
            } else {
                presence[row >> 6] |= 1L << row;
                bits[row] =
                        switch (value) {
                            case Long number -> number;
                            case BigInteger number -> Uint64.of(number).orElseThrow();
                            case Bits number -> number.bits();
                            case Boolean state -> state ? 1 : 0;
                            case String text -> {
                                byte[] utf8 = text.getBytes(UTF_8);
                                long ref = ((long) heap.size() << 32) | utf8.length;
                                heap.writeBytes(utf8);
                                yield ref;
                            }
                            default -> throw new IllegalArgumentException(value.toString());
                        };
            }
            row++;
        }
        long[] present = all ? null : presence;
        switch (type) {
            case INT64, UINT64, BOOL -> builder.longs(field, type, bits, present);
            case FLOAT64 -> builder.doubles(field, bits, -1, present);
            case STRING -> builder.strings(field, heap.toByteArray(), bits, present);
        }
    }
}
