package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.Presence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Unites blocks of one series that may overlap in time: one row per time, field by field the value
/// of the later block.
///
/// One thread; kept and reused, since it owns scratch memory. Takes `16 bytes * points` of scratch
/// and one decoded column at a time, whatever the number of fields. Blocks that overlap no other
/// are passed on as they are.
public final class BlockMerge {
    private final BlockBuilder builder = new BlockBuilder();
    private final RowSort sort = new RowSort();
    private final long[] decoded = new long[Block.POINTS_MAX];
    private final int[] decodedIds = new int[Block.POINTS_MAX];
    private final long[] decodedPresence = new long[Block.POINTS_MAX / 64];
    private final long[] merged = new long[Block.POINTS_MAX];
    private final long[] mergedPresence = new long[Block.POINTS_MAX / 64];
    private final long[] mergedTimes = new long[Block.POINTS_MAX];
    private long[] times = new long[2 * Block.POINTS_MAX];
    private int[] sourceRows = new int[2 * Block.POINTS_MAX];
    private int[] targetRows = new int[2 * Block.POINTS_MAX];
    private byte[] heap = new byte[1024];
    private int heapSize;

    /// Merges blocks of one series.
    ///
    /// @param inputsInLogOrder of two values of the same field and time the one in the later block
    ///   wins
    /// @return blocks in time order without overlap, each of at most [Block#POINTS_MAX] points
    public List<Block> merge(List<Block> inputsInLogOrder) {
        List<Integer> byTime = new ArrayList<>(inputsInLogOrder.size());
        for (int i = 0; i < inputsInLogOrder.size(); i++) {
            byTime.add(i);
        }
        byTime.sort(
                (a, b) ->
                        Long.compare(
                                inputsInLogOrder.get(a).minTime(),
                                inputsInLogOrder.get(b).minTime()));
        List<Block> result = new ArrayList<>(inputsInLogOrder.size());
        int from = 0;
        while (from < byTime.size()) {
            long end = inputsInLogOrder.get(byTime.get(from)).maxTime();
            int to = from + 1;
            while (to < byTime.size() && inputsInLogOrder.get(byTime.get(to)).minTime() <= end) {
                end = Math.max(end, inputsInLogOrder.get(byTime.get(to)).maxTime());
                to++;
            }
            if (to == from + 1) {
                result.add(inputsInLogOrder.get(byTime.get(from)));
            } else {
                int[] ranks = new int[to - from];
                for (int i = from; i < to; i++) {
                    ranks[i - from] = byTime.get(i);
                }
                Arrays.sort(ranks);
                Block[] overlapping = new Block[ranks.length];
                for (int i = 0; i < ranks.length; i++) {
                    overlapping[i] = inputsInLogOrder.get(ranks[i]);
                }
                mergeOverlapping(overlapping, result);
            }
            from = to;
        }
        return result;
    }

    private void mergeOverlapping(Block[] inputs, List<Block> result) {
        int[] starts = new int[inputs.length + 1];
        for (int i = 0; i < inputs.length; i++) {
            starts[i + 1] = starts[i] + inputs[i].pointCount();
        }
        int rows = starts[inputs.length];
        reserve(rows);
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].decodeTimes(decoded);
            System.arraycopy(decoded, 0, times, starts[i], inputs[i].pointCount());
        }
        int distinct = sort.sort(times, rows);
        int[] inputOf = inputOfRows(starts, rows);
        int[] fields = fieldsOf(inputs);
        int k = 0;
        // even cuts: 1025 rows become 513 and 512, not 1024 and 1
        int chunks = (distinct + Block.POINTS_MAX - 1) / Block.POINTS_MAX;
        for (int chunk = 0; chunk < chunks; chunk++) {
            int fromRow = (int) ((long) distinct * chunk / chunks);
            int toRow = (int) ((long) distinct * (chunk + 1) / chunks);
            int fromK = k;
            while (k < rows && sortedRow(k) < toRow) {
                mergedTimes[sortedRow(k) - fromRow] = times[arrival(k)];
                k++;
            }
            result.add(mergeChunk(inputs, starts, inputOf, fields, fromK, k, fromRow, toRow));
        }
    }

    private int arrival(int k) {
        return sort.isIdentity() ? k : sort.order()[k];
    }

    private int sortedRow(int k) {
        return sort.isIdentity() ? k : sort.sortedRows()[k];
    }

    private Block mergeChunk(
            Block[] inputs,
            int[] starts,
            int[] inputOf,
            int[] fields,
            int fromK,
            int toK,
            int fromRow,
            int toRow) {
        int[] groups = groupByInput(inputs.length, starts, inputOf, fromK, toK, fromRow);
        builder.begin(mergedTimes, toRow - fromRow);
        for (int field : fields) {
            mergeColumn(inputs, groups, field);
        }
        return builder.build();
    }

    /// Sorts the chunk's rows by input, keeping their time order: rows of input `i` then lie in
    /// `[groups[i], groups[i + 1])` of [#sourceRows] and [#targetRows].
    private int[] groupByInput(
            int inputCount, int[] starts, int[] inputOf, int fromK, int toK, int fromRow) {
        int[] groups = new int[inputCount + 2];
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
            sourceRows[at] = row - starts[input];
            targetRows[at] = sortedRow(k) - fromRow;
        }
        return groups;
    }

    private void mergeColumn(Block[] inputs, int[] groups, int field) {
        Arrays.fill(mergedPresence, 0);
        heapSize = 0;
        FieldType type = null;
        int decimals = -1;
        for (int i = 0; i < inputs.length; i++) {
            int column = groups[i] == groups[i + 1] ? -1 : inputs[i].columnOf(field);
            if (column >= 0) {
                type = inputs[i].type(column);
                decimals = Math.max(decimals, inputs[i].decimals(column));
                takeColumn(inputs[i], column, groups[i], groups[i + 1]);
            }
        }
        if (type == null) {
            return;
        }
        switch (type) {
            case INT64, BOOL -> builder.longs(field, type, merged, mergedPresence);
            case FLOAT64 -> builder.doubles(field, merged, decimals, mergedPresence);
            case STRING -> builder.strings(field, heap, merged, mergedPresence);
        }
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
            int source = sourceRows[at];
            if (presence == Presence.ALL || (decodedPresence[source >>> 6] >>> source & 1) != 0) {
                int target = targetRows[at];
                merged[target] = decoded[source];
                mergedPresence[target >>> 6] |= 1L << target;
            }
        }
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

    private static int[] fieldsOf(Block[] inputs) {
        int total = 0;
        for (Block input : inputs) {
            total += input.columnCount();
        }
        int[] fields = new int[total];
        int at = 0;
        for (Block input : inputs) {
            for (int column = 0; column < input.columnCount(); column++) {
                fields[at++] = input.fieldIndex(column);
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
