package io.tsdb.storage.shard;

import io.tsdb.storage.block.BlockMerge;
import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.block.Overlap;
import io.tsdb.storage.block.Piece;
import io.tsdb.storage.block.SeriesMerge;
import io.tsdb.storage.compaction.TombstoneMask;
import io.tsdb.storage.head.OpenRows;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.FieldSet;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Cursor over what a shard holds of the asked series: parts, the head that is being flushed, and
/// the head.
final class ShardBlockCursor implements BlockCursor {
    private final ScanCapture capture;
    private final TimeRange range;
    private final int[] fieldIndexes;
    private final FieldSet wanted;
    private final boolean newestFirst;
    private final SeriesMerge merge = new SeriesMerge();
    private final Sealer sealer = new Sealer();
    private final TombstoneMask mask = new TombstoneMask();

    // made when they are first needed: a small question pays for them more than for its rows
    private long[] scratchTimes = {};
    private long[] scratchLongs = {};
    private double[] scratchDoubles = {};
    private int[] scratchIds = {};
    private final long[] scratchPresence = new long[PRESENCE_WORDS];

    private int seriesAt = -1;

    /// What the series consists of, in the order in which the reader gets it.
    private List<? extends Piece> pieces = List.of();

    private int pieceAt;

    /// Merged rows of the piece that the cursor is in, in the same order.
    private List<? extends BlockSource> merged = List.of();

    private int mergedAt;

    /// Of the series, only the newest source is known; those behind it are looked up when the
    /// reader asks for more.
    private boolean onlyNewestKnown;

    private @Nullable RowSource current;
    private int from;
    private int to;
    private boolean trimmed;
    private boolean newestOnly;
    private long minTime;
    private long maxTime;
    private boolean closed;

    /// @param fieldIndexes by column of the request; -1 for a field the measurement lacks
    ShardBlockCursor(
            ScanCapture capture, TimeRange range, int[] fieldIndexes, boolean newestFirst) {
        this.capture = capture;
        this.range = range;
        this.fieldIndexes = fieldIndexes;
        this.wanted = FieldSet.of(fieldIndexes);
        this.newestFirst = newestFirst;
    }

    @Override
    public boolean nextBlock() {
        while (true) {
            while (mergedAt < merged.size()) {
                if (enter(merged.get(mergedAt++))) {
                    return true;
                }
            }
            while (pieceAt < pieces.size()) {
                if (enter(pieces.get(pieceAt++))) {
                    return true;
                }
            }
            if (onlyNewestKnown) {
                onlyNewestKnown = false;
                begin(piecesOf(seriesAt), 1);
            } else if (++seriesAt >= capture.seriesCount()) {
                current = null;
                return false;
            } else {
                beginSeries();
            }
        }
    }

    private void beginSeries() {
        RowSource newest = newestFirst ? capture.newest(seriesAt, range, sealer) : null;
        onlyNewestKnown = newest != null;
        begin(newest == null ? piecesOf(seriesAt) : List.of(newest), 0);
    }

    private void begin(List<? extends Piece> found, int at) {
        pieces = found;
        pieceAt = at;
        merged = List.of();
        mergedAt = 0;
    }

    private List<? extends Piece> piecesOf(int at) {
        List<RowSource> found = capture.sources(at, range, wanted, sealer, mask);
        return found.size() > 1 ? inReadersOrder(merge.arrange(found)) : found;
    }

    private <T> List<? extends T> inReadersOrder(List<? extends T> ascending) {
        return newestFirst ? ascending.reversed() : ascending;
    }

    private boolean enter(Piece piece) {
        return switch (piece) {
            case RowSource source -> enterSource(source);
            case BlockMerge.Rows rows -> enterSource(new RowSource.Merged(rows));
            case BlockSource other -> enterSource(new RowSource.InMemory(other.block()));
            case Overlap overlap -> {
                if (!range.overlaps(overlap.fromNanos(), overlap.lastNanos())) {
                    yield false;
                }
                merged = inReadersOrder(merge.rows(overlap));
                mergedAt = 0;
                while (mergedAt < merged.size()) {
                    if (enter(merged.get(mergedAt++))) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private boolean enterSource(RowSource source) {
        long min = source.minTime();
        long max = source.maxTime();
        if (!range.overlaps(min, max)) {
            return false;
        }
        current = source;
        newestOnly = false;
        from = 0;
        to = source.pointCount();
        trimmed = !range.covers(min, max);
        if (trimmed) {
            scratchTimes = scratchTimes.length == 0 ? new long[ROWS_MAX] : scratchTimes;
            source.times(scratchTimes);
            from = range.contains(min) ? 0 : lowerBound(to, range.fromNanos());
            to = range.contains(max) ? to : lowerBound(to, range.toNanos());
            if (from == to) {
                return false;
            }
            minTime = scratchTimes[from];
            maxTime = scratchTimes[to - 1];
        } else {
            minTime = min;
            maxTime = max;
        }
        return true;
    }

    private int lowerBound(int count, long time) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scratchTimes[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public void skipSeries() {
        onlyNewestKnown = false;
        begin(List.of(), 0);
    }

    @Override
    public void narrowToNewest() {
        newestOnly = true;
        from = to - 1;
        minTime = maxTime;
    }

    @Override
    public int series() {
        return capture.seriesId(seriesAt);
    }

    @Override
    public int rowCount() {
        return to - from;
    }

    @Override
    public long minTime() {
        return minTime;
    }

    @Override
    public long maxTime() {
        return maxTime;
    }

    @Override
    public @Nullable ColumnStatistics statistics(int column) {
        return trimmed || newestOnly || fieldIndexes[column] < 0
                ? null
                : source().statistics(fieldIndexes[column]);
    }

    @Override
    public void times(long[] target) {
        if (newestOnly) {
            target[0] = maxTime;
        } else if (trimmed) {
            System.arraycopy(scratchTimes, from, target, 0, to - from);
        } else {
            source().times(target);
        }
    }

    @Override
    public Presence longs(int column, long[] target, long[] presence) {
        int field = fieldIndexes[column];
        if (field < 0) {
            return Presence.NONE;
        }
        Presence newest = newest(field, target);
        if (newest != null) {
            return newest;
        }
        if (from == 0) {
            return cut(source().longs(field, target, presence), presence);
        }
        Presence found = source().longs(field, scratchLongs(), scratchPresence);
        System.arraycopy(scratchLongs, from, target, 0, to - from);
        return shift(found, presence);
    }

    @Override
    public Presence doubles(int column, double[] target, long[] presence) {
        int field = fieldIndexes[column];
        if (field < 0) {
            return Presence.NONE;
        }
        Presence newest = newestOnly ? newest(field, scratchLongs()) : null;
        if (newest != null) {
            target[0] = Double.longBitsToDouble(scratchLongs[0]);
            return newest;
        }
        if (from == 0) {
            return cut(source().doubles(field, target, presence), presence);
        }
        scratchDoubles = scratchDoubles.length == 0 ? new double[ROWS_MAX] : scratchDoubles;
        Presence found = source().doubles(field, scratchDoubles, scratchPresence);
        System.arraycopy(scratchDoubles, from, target, 0, to - from);
        return shift(found, presence);
    }

    @Override
    public Presence stringIds(int column, int[] target, long[] presence) {
        int field = fieldIndexes[column];
        if (field < 0) {
            return Presence.NONE;
        }
        if (newestOnly && source() instanceof RowSource.Open(OpenRows rows, _)) {
            target[0] = 0;
            return rows.textAt(field, to - 1) == null ? Presence.NONE : Presence.ALL;
        }
        if (from == 0) {
            return cut(source().stringIds(field, target, presence), presence);
        }
        scratchIds = scratchIds.length == 0 ? new int[ROWS_MAX] : scratchIds;
        Presence found = source().stringIds(field, scratchIds, scratchPresence);
        System.arraycopy(scratchIds, from, target, 0, to - from);
        return shift(found, presence);
    }

    @Override
    public String[] dictionary(int column) {
        if (newestOnly && source() instanceof RowSource.Open(OpenRows rows, _)) {
            String text = rows.textAt(fieldIndexes[column], to - 1);
            return text == null ? new String[0] : new String[] {text};
        }
        return fieldIndexes[column] < 0 ? new String[0] : source().dictionary(fieldIndexes[column]);
    }

    private long[] scratchLongs() {
        scratchLongs = scratchLongs.length == 0 ? new long[ROWS_MAX] : scratchLongs;
        return scratchLongs;
    }

    /// The value of the last row, when the block was narrowed to it and has it at hand; else null.
    private @Nullable Presence newest(int field, long[] target) {
        RowSource source = source();
        boolean isLast = newestOnly && to == source.pointCount();
        return isLast ? source.newest(field, target) : null;
    }

    private RowSource source() {
        RowSource source = current;
        if (source == null) {
            throw new IllegalStateException("BUG: the cursor stands on no block");
        }
        return source;
    }

    /// Presence of the first `to` rows of a block that may go on.
    private Presence cut(Presence found, long[] presence) {
        if (found != Presence.SOME || !trimmed) {
            return found;
        }
        clearTail(presence, to);
        return kind(presence, to);
    }

    /// Presence bits of rows `[from, to)` moved to the front.
    private Presence shift(Presence found, long[] presence) {
        if (found != Presence.SOME) {
            return found;
        }
        int rows = to - from;
        int words = (rows + 63) >>> 6;
        int word = from >>> 6;
        int bit = from & 63;
        for (int i = 0; i < words; i++, word++) {
            long low = scratchPresence[word] >>> bit;
            long high =
                    bit == 0 || word + 1 >= PRESENCE_WORDS
                            ? 0
                            : scratchPresence[word + 1] << (64 - bit);
            presence[i] = low | high;
        }
        clearTail(presence, rows);
        return kind(presence, rows);
    }

    private static void clearTail(long[] presence, int rows) {
        if ((rows & 63) != 0) {
            presence[rows >>> 6] &= (1L << rows) - 1;
        }
    }

    private static Presence kind(long[] presence, int rows) {
        int present = 0;
        for (int i = 0; i < (rows + 63) >>> 6; i++) {
            present += Long.bitCount(presence[i]);
        }
        return present == rows ? Presence.ALL : present == 0 ? Presence.NONE : Presence.SOME;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            capture.release();
        }
    }
}
