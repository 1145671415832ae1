package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Unites rows of blocks of one series: one row per time, field by field the value of the later
/// block.
///
/// One thread; kept and reused, since it owns scratch memory. Takes `16 bytes * points` of scratch
/// and one decoded column at a time, whatever the number of fields. Which blocks must be united is
/// [SeriesMerge]'s to find.
public final class BlockMerge {
    /// Rows `[fromRow, toRow)` of a block.
    public record Slice(Block block, int fromRow, int toRow) {
        public int rowCount() {
            return toRow - fromRow;
        }

        boolean isWhole() {
            return rowCount() == block.pointCount();
        }
    }

    private final BlockBuilder builder = new BlockBuilder();
    private final RowSort sort = new RowSort();
    private final long[] decoded = new long[Block.POINTS_MAX];
    private final int[] decodedIds = new int[Block.POINTS_MAX];
    private final long[] decodedPresence = new long[Block.POINTS_MAX / 64];
    private final long[] merged = new long[Block.POINTS_MAX];
    private final long[] mergedPresence = new long[Block.POINTS_MAX / 64];
    private long[] times = new long[2 * Block.POINTS_MAX];
    private int[] sourceRows = new int[2 * Block.POINTS_MAX];
    private int[] targetRows = new int[2 * Block.POINTS_MAX];
    private byte[] heap = new byte[1024];
    private int heapSize;

    /// Merges rows of one series.
    ///
    /// @param slicesInLogOrder of two values of the same field and time the one in the later slice
    ///   wins
    /// @return blocks in time order without overlap, each of at most [Block#POINTS_MAX] points
    public List<Block> merge(List<Slice> slicesInLogOrder) {
        return rows(slicesInLogOrder).stream().map(Rows::block).toList();
    }

    /// Brings rows of one series into order; their columns are merged when somebody asks for them.
    ///
    /// @param slicesInLogOrder as for [#merge]
    /// @return in time order without overlap; good for the thread that uses this
    public List<Rows> rows(List<Slice> slicesInLogOrder) {
        Slice[] inputs = slicesInLogOrder.toArray(Slice[]::new);
        List<Rows> result = new ArrayList<>(inputs.length);
        int[] starts = new int[inputs.length + 1];
        for (int i = 0; i < inputs.length; i++) {
            starts[i + 1] = starts[i] + inputs[i].rowCount();
        }
        int rows = starts[inputs.length];
        reserve(rows);
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].block().decodeTimes(decoded);
            int from = inputs[i].fromRow();
            System.arraycopy(decoded, from, times, starts[i], inputs[i].rowCount());
        }
        int distinct = sort.sort(times, rows);
        int[] inputOf = inputOfRows(starts, rows);
        int k = 0;
        // even cuts: 1025 rows become 513 and 512, not 1024 and 1
        int chunks = (distinct + Block.POINTS_MAX - 1) / Block.POINTS_MAX;
        for (int chunk = 0; chunk < chunks; chunk++) {
            int fromRow = (int) ((long) distinct * chunk / chunks);
            int toRow = (int) ((long) distinct * (chunk + 1) / chunks);
            int fromK = k;
            long[] own = new long[toRow - fromRow];
            while (k < rows && sortedRow(k) < toRow) {
                own[sortedRow(k) - fromRow] = times[arrival(k)];
                k++;
            }
            int[] groups = groupByInput(inputs, starts, inputOf, fromK, k, fromRow);
            result.add(
                    new Rows(
                            inputs,
                            groups,
                            Arrays.copyOf(sourceRows, k - fromK),
                            Arrays.copyOf(targetRows, k - fromK),
                            own));
        }
        return result;
    }

    /// Merged rows, at most [Block#POINTS_MAX], whose columns are merged one by one on demand. For
    /// the thread of the [BlockMerge] that made them.
    public final class Rows implements BlockSource, RowColumns {
        private final Slice[] inputs;
        private final int[] groups;
        private final int[] sources;
        private final int[] targets;
        private final long[] rowTimes;
        private final Map<Integer, String[]> dictionaries = new HashMap<>();

        private Rows(Slice[] inputs, int[] groups, int[] sources, int[] targets, long[] rowTimes) {
            this.inputs = inputs;
            this.groups = groups;
            this.sources = sources;
            this.targets = targets;
            this.rowTimes = rowTimes;
        }

        @Override
        public int pointCount() {
            return rowTimes.length;
        }

        @Override
        public long minTime() {
            return rowTimes[0];
        }

        @Override
        public long maxTime() {
            return rowTimes[rowTimes.length - 1];
        }

        @Override
        public void times(long[] target) {
            System.arraycopy(rowTimes, 0, target, 0, rowTimes.length);
        }

        @Override
        public Presence longs(int fieldIndex, long[] target, long[] presence) {
            if (gather(fieldIndex) == null) {
                return Presence.NONE;
            }
            System.arraycopy(merged, 0, target, 0, rowTimes.length);
            return presence(presence);
        }

        @Override
        public Presence doubles(int fieldIndex, double[] target, long[] presence) {
            if (gather(fieldIndex) == null) {
                return Presence.NONE;
            }
            for (int row = 0; row < rowTimes.length; row++) {
                target[row] = Double.longBitsToDouble(merged[row]);
            }
            return presence(presence);
        }

        @Override
        public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            if (gather(fieldIndex) == null) {
                dictionaries.put(fieldIndex, new String[0]);
                return Presence.NONE;
            }
            var ids = new LinkedHashMap<String, Integer>();
            for (int row = 0; row < rowTimes.length; row++) {
                target[row] = 0;
                if ((mergedPresence[row >>> 6] >>> row & 1) != 0) {
                    int at = (int) (merged[row] >>> 32);
                    var text = new String(heap, at, (int) merged[row], StandardCharsets.UTF_8);
                    Integer known = ids.putIfAbsent(text, ids.size());
                    target[row] = known == null ? ids.size() - 1 : known;
                }
            }
            dictionaries.put(fieldIndex, ids.keySet().toArray(String[]::new));
            return presence(presence);
        }

        @Override
        public String[] dictionary(int fieldIndex) {
            if (!dictionaries.containsKey(fieldIndex)) {
                stringIds(fieldIndex, decodedIds, new long[Block.POINTS_MAX / Long.SIZE]);
            }
            return dictionaries.getOrDefault(fieldIndex, new String[0]);
        }

        @Override
        public Block block() {
            builder.begin(rowTimes, rowTimes.length);
            for (int field : fieldsOf(inputs)) {
                FieldType type = gather(field);
                if (type == null) {
                    continue;
                }
                switch (type) {
                    case INT64, UINT64, BOOL -> builder.longs(field, type, merged, mergedPresence);
                    case FLOAT64 -> builder.doubles(field, merged, decimals(field), mergedPresence);
                    case STRING -> builder.strings(field, heap, merged, mergedPresence);
                }
            }
            return builder.build();
        }

        /// Merges a column into [#merged], [#mergedPresence] and, for strings, [#heap].
        ///
        /// @return null when no row has the field
        private @Nullable FieldType gather(int field) {
            Arrays.fill(mergedPresence, 0);
            heapSize = 0;
            FieldType type = null;
            for (int i = 0; i < inputs.length; i++) {
                Block input = inputs[i].block();
                int column = groups[i] == groups[i + 1] ? -1 : input.columnOf(field);
                if (column >= 0) {
                    type = input.type(column);
                    takeColumn(input, column, groups[i], groups[i + 1]);
                }
            }
            return type;
        }

        private int decimals(int field) {
            int decimals = -1;
            for (Slice input : inputs) {
                int column = input.block().columnOf(field);
                decimals =
                        column < 0 ? decimals : Math.max(decimals, input.block().decimals(column));
            }
            return decimals;
        }

        private void takeColumn(Block input, int column, int from, int to) {
            Presence presence;
            if (input.type(column) == FieldType.STRING) {
                presence = input.decodeStringIds(column, decodedIds, decodedPresence);
                idsToRefs(input, column);
            } else {
                presence = input.decodeLongs(column, decoded, decodedPresence);
            }
            for (int at = from; at < to; at++) {
                int source = sources[at];
                if (presence == Presence.ALL
                        || (decodedPresence[source >>> 6] >>> source & 1) != 0) {
                    int target = targets[at];
                    merged[target] = decoded[source];
                    mergedPresence[target >>> 6] |= 1L << target;
                }
            }
        }

        private Presence presence(long[] target) {
            int present = 0;
            for (int word = 0; word < (rowTimes.length + 63) >>> 6; word++) {
                target[word] = mergedPresence[word];
                present += Long.bitCount(mergedPresence[word]);
            }
            return present == rowTimes.length
                    ? Presence.ALL
                    : present == 0 ? Presence.NONE : Presence.SOME;
        }
    }

    private int arrival(int k) {
        return sort.isIdentity() ? k : sort.order()[k];
    }

    private int sortedRow(int k) {
        return sort.isIdentity() ? k : sort.sortedRows()[k];
    }

    /// Sorts the chunk's rows by input, keeping their time order: rows of input `i` then lie in
    /// `[groups[i], groups[i + 1])` of [#sourceRows] and [#targetRows].
    private int[] groupByInput(
            Slice[] inputs, int[] starts, int[] inputOf, int fromK, int toK, int fromRow) {
        int[] groups = new int[inputs.length + 2];
        for (int k = fromK; k < toK; k++) {
            groups[inputOf[arrival(k)] + 2]++;
        }
        for (int i = 2; i < groups.length; i++) {
            groups[i] += groups[i - 1];
        }
        for (int k = fromK; k < toK; k++) {
            int row = arrival(k);
            int input = inputOf[row];
            int at = groups[input + 1]++;
            sourceRows[at] = row - starts[input] + inputs[input].fromRow();
            targetRows[at] = sortedRow(k) - fromRow;
        }
        return groups;
    }

    /// Turns [#decodedIds] into references to copies of the dictionary's strings in [#heap].
    private void idsToRefs(Block input, int column) {
        byte[][] dictionary = input.dictionaryBytes(column);
        long[] refs = new long[dictionary.length];
        for (int id = 0; id < dictionary.length; id++) {
            byte[] text = dictionary[id];
            if (heapSize + text.length > heap.length) {
                heap = Arrays.copyOf(heap, Math.max(2 * heap.length, heapSize + text.length));
            }
            System.arraycopy(text, 0, heap, heapSize, text.length);
            refs[id] = ((long) heapSize << 32) | text.length;
            heapSize += text.length;
        }
        for (int row = 0; row < input.pointCount(); row++) {
            decoded[row] = refs[decodedIds[row]];
        }
    }

    private void reserve(int rows) {
        if (times.length < rows) {
            int size = Math.max(rows, times.length + (times.length >> 1));
            times = new long[size];
            sourceRows = new int[size];
            targetRows = new int[size];
        }
    }

    private static int[] inputOfRows(int[] starts, int rows) {
        int[] inputOf = new int[rows];
        for (int i = 0; i + 1 < starts.length; i++) {
            Arrays.fill(inputOf, starts[i], starts[i + 1], i);
        }
        return inputOf;
    }

    private static int[] fieldsOf(Slice[] inputs) {
        int total = 0;
        for (Slice input : inputs) {
            total += input.block().columnCount();
        }
        int[] fields = new int[total];
        int at = 0;
        for (Slice input : inputs) {
            Block block = input.block();
            for (int column = 0; column < block.columnCount(); column++) {
                fields[at++] = block.fieldIndex(column);
            }
        }
        Arrays.sort(fields);
        int distinct = 0;
        for (int i = 0; i < total; i++) {
            if (i == 0 || fields[i] != fields[i - 1]) {
                fields[distinct++] = fields[i];
            }
        }
        return Arrays.copyOf(fields, distinct);
    }
}
