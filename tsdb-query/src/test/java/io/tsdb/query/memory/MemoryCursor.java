package io.tsdb.query.memory;

import io.tsdb.query.memory.MemorySeries.Column;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.ScanRequest;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Blocks of a [MemoryShard], cut anew for every cursor from the layout's seed. What the contract
/// calls undefined is filled with rubbish.
final class MemoryCursor implements BlockCursor {
    private static final long RUBBISH = 0x7A5A_5A5A_5A5A_5A5AL;

    private final List<MemorySeries> all;
    private final ScanRequest request;
    private final MemoryShard.Layout layout;
    private final Runnable onDecode;
    private final Random random;
    private final IntIterator ids;
    private int seriesId = -1;
    private List<int[]> blocks = List.of();
    private int blockIndex;
    private int from;
    private int to;

    MemoryCursor(
            List<MemorySeries> all,
            ScanRequest request,
            MemoryShard.Layout layout,
            Runnable onDecode) {
        this.all = all;
        this.request = request;
        this.layout = layout;
        this.onDecode = onDecode;
        this.random = new Random(layout.seed());
        this.ids = request.series().getIntIterator();
    }

    private MemorySeries current() {
        return all.get(seriesId);
    }

    @Override
    public boolean nextBlock() {
        while (blockIndex >= blocks.size()) {
            if (!ids.hasNext()) {
                return false;
            }
            seriesId = ids.next();
            blocks = cut(current().times, request.range());
            blockIndex = 0;
        }
        int[] block = blocks.get(blockIndex++);
        from = block[0];
        to = block[1];
        return true;
    }

    private List<int[]> cut(long[] times, TimeRange range) {
        int first = lowerBound(times, range.fromNanos());
        int end =
                range.toNanos() == Long.MAX_VALUE
                        ? times.length
                        : lowerBound(times, range.toNanos());
        var cuts = new ArrayList<int[]>();
        for (int at = first; at < end; ) {
            int rows = layout.regular() ? layout.rowsMax() : 1 + random.nextInt(layout.rowsMax());
            int next = Math.min(end, at + rows);
            cuts.add(new int[] {at, next});
            at = next;
        }
        return request.newestFirst() ? cuts.reversed() : cuts;
    }

    private static int lowerBound(long[] times, long time) {
        int at = Arrays.binarySearch(times, time);
        return at < 0 ? -at - 1 : at;
    }

    @Override
    public void skipSeries() {
        blockIndex = blocks.size();
    }

    @Override
    public void narrowToNewest() {
        from = to - 1;
    }

    @Override
    public int series() {
        return seriesId;
    }

    @Override
    public int rowCount() {
        return to - from;
    }

    @Override
    public long minTime() {
        return current().times[from];
    }

    @Override
    public long maxTime() {
        return current().times[to - 1];
    }

    private @Nullable Column column(int index) {
        return current().columns.get(request.fields().get(index));
    }

    @Override
    public @Nullable ColumnStatistics statistics(int index) {
        if (!layout.regular() && random.nextBoolean()) {
            return null;
        }
        Column column = column(index);
        if (column == null) {
            return new ColumnStatistics(FieldType.INT64, 0, 0, true, 0, 0, 0, 0, 0, 0);
        }
        return MemoryStatistics.of(column, current().times, from, to);
    }

    @Override
    public void times(long[] target) {
        onDecode.run();
        System.arraycopy(current().times, from, target, 0, to - from);
    }

    @Override
    public Presence longs(int index, long[] target, long[] presence) {
        onDecode.run();
        Column column = column(index);
        if (column == null) {
            return Presence.NONE;
        }
        System.arraycopy(column.bits, from, target, 0, to - from);
        return presence(column, presence, row -> target[row] = RUBBISH);
    }

    @Override
    public Presence doubles(int index, double[] target, long[] presence) {
        onDecode.run();
        Column column = column(index);
        if (column == null) {
            return Presence.NONE;
        }
        for (int row = 0; row < to - from; row++) {
            target[row] = Double.longBitsToDouble(column.bits[from + row]);
        }
        return presence(column, presence, row -> target[row] = Double.NaN);
    }

    @Override
    public Presence stringIds(int index, int[] target, long[] presence) {
        onDecode.run();
        Column column = column(index);
        if (column == null) {
            return Presence.NONE;
        }
        Map<String, Integer> dictionary = dictionaryOf(column);
        for (int row = 0; row < to - from; row++) {
            String text = column.strings[from + row];
            target[row] = text == null ? -77 : dictionary.getOrDefault(text, 0);
        }
        return presence(column, presence, row -> target[row] = -77);
    }

    private Map<String, Integer> dictionaryOf(Column column) {
        var dictionary = new LinkedHashMap<String, Integer>();
        for (int row = from; row < to; row++) {
            String text = column.strings[row];
            if (text != null) {
                dictionary.putIfAbsent(text, dictionary.size());
            }
        }
        return dictionary;
    }

    @Override
    public String[] dictionary(int index) {
        Column column = column(index);
        return column == null
                ? new String[0]
                : dictionaryOf(column).keySet().toArray(String[]::new);
    }

    private interface Spoil {
        void row(int row);
    }

    private Presence presence(Column column, long[] presence, Spoil spoil) {
        if (!column.hasAbsent) {
            Arrays.fill(presence, RUBBISH);
            return Presence.ALL;
        }
        Arrays.fill(presence, 0);
        int count = 0;
        for (int row = 0; row < to - from; row++) {
            if (column.present[from + row]) {
                presence[row >>> 6] |= 1L << row;
                count++;
            } else {
                spoil.row(row);
            }
        }
        if (count == 0) {
            return Presence.NONE;
        }
        return count == to - from && random.nextBoolean() ? Presence.ALL : Presence.SOME;
    }

    @Override
    public void close() {
        blockIndex = blocks.size();
    }
}
