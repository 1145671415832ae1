package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TupleTable;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Groups by tags and at most one time bucket: the tags decide once per series, the buckets once
/// per run of rows, so no row is looked at for its group.
final class SeriesGrouping implements Grouping {
    private static final int NO_BUCKET = -1;
    private static final int NO_SERIES = -1;
    private static final TimeGrid WHOLE_TIME = new TimeGrid(0, Long.MAX_VALUE, 0);

    private final List<BoundExpression> keys;
    private final ScanColumns columns;
    private final SeriesIndex index;
    private final BlockCursor cursor;
    private final AggregateInputs inputs;
    private final TimeGrid grid;
    private final boolean hasBucket;
    private final int[] tagOfKey;
    private final @Nullable StringDictionary[] dictionaries;
    private final TupleTable tagTable;
    private final long[] tagTuple;

    /// Pairs of tag group and bucket number; their slots are the groups.
    private final TupleTable groups;

    private final long[] groupTuple = new long[2];
    private final BucketRuns runs;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private int lastSlot = -1;
    private int series = NO_SERIES;
    private long tagGroup;

    /// Whether [SeriesGrouping] can do these keys.
    static boolean fits(List<BoundExpression> keys) {
        long buckets = keys.stream().filter(SeriesGrouping::isBucket).count();
        long tags = keys.stream().filter(Tag.class::isInstance).count();
        return buckets <= 1 && buckets + tags == keys.size();
    }

    private static boolean isBucket(BoundExpression key) {
        return key instanceof Bucket(_, Time _);
    }

    SeriesGrouping(
            List<BoundExpression> keys,
            ScanColumns columns,
            SeriesIndex index,
            BlockCursor cursor,
            AggregateInputs inputs,
            MemoryAccount memory) {
        this.keys = keys;
        this.columns = columns;
        this.index = index;
        this.cursor = cursor;
        this.inputs = inputs;
        this.groups = new TupleTable(2, memory);
        this.tagOfKey = new int[keys.size()];
        this.dictionaries = new StringDictionary[keys.size()];
        TimeGrid found = null;
        int tagCount = 0;
        for (int i = 0; i < keys.size(); i++) {
            tagOfKey[i] = NO_BUCKET;
            if (keys.get(i) instanceof Bucket(TimeGrid grid, _)) {
                found = grid;
            } else {
                tagOfKey[i] = columns.tagOf(columns.indexOf(keys.get(i)));
                dictionaries[i] = new StringDictionary(memory);
                tagCount++;
            }
        }
        this.hasBucket = found != null;
        this.grid = found == null ? WHOLE_TIME : found;
        this.runs = new BucketRuns(grid);
        this.tagTable = new TupleTable(tagCount, memory);
        this.tagTuple = new long[tagCount];
    }

    @Override
    public void add(ScanRows rows, boolean[] decided) {
        // not rows.seriesChanged(): the series' first blocks may have had no row for the groups
        if (cursor.series() != series) {
            series = cursor.series();
            int at = 0;
            for (int tag : tagOfKey) {
                if (tag != NO_BUCKET) {
                    tagTuple[at++] = rows.tagValue(tag);
                }
            }
            tagGroup = tagTable.slot(tagTuple, 0);
        }
        long bucket = hasBucket ? grid.index(cursor.minTime()) : 0;
        if (!hasBucket || cursor.maxTime() < grid.next(bucket)) {
            int slot = slot(bucket);
            inputs.ensureSlots(groups.size());
            inputs.addAll(rows, slot, decided);
            return;
        }
        runs.cut(rows.column(ScanColumns.TIME).longs(), rows.rowCount());
        for (int run = 0; run < runs.count(); run++) {
            slots[run] = slot(runs.bucket(run));
        }
        inputs.ensureSlots(groups.size());
        inputs.addRuns(rows, runs, slots);
    }

    /// The slot of the current tag group and a bucket. Buckets follow one another, and so do the
    /// slots they got when they were new: the slot behind the last one is looked at first.
    private int slot(long bucket) {
        int next = lastSlot + 1;
        if (next < groups.size()) {
            long[] tuples = groups.tuples();
            if (tuples[2 * next] == tagGroup && tuples[2 * next + 1] == bucket) {
                lastSlot = next;
                return next;
            }
        }
        groupTuple[0] = tagGroup;
        groupTuple[1] = bucket;
        lastSlot = groups.slot(groupTuple, 0);
        return lastSlot;
    }

    @Override
    public int groupCount() {
        return groups.size();
    }

    @Override
    public void writeKeys(int from, int count, ColumnVector[] target) {
        long[] pairs = groups.tuples();
        int tagAt = 0;
        for (int key = 0; key < keys.size(); key++) {
            ColumnVector column = target[key];
            column.setAllPresent();
            StringDictionary dictionary = dictionaries[key];
            if (dictionary == null || column.type() != ColumnType.STRING) {
                for (int row = 0; row < count; row++) {
                    column.longs()[row] = grid.start(pairs[2 * (from + row) + 1]);
                }
            } else {
                TagColumn tag = index.tag(columns.tags().get(tagOfKey[key])).orElse(null);
                for (int row = 0; row < count; row++) {
                    long group = pairs[2 * (from + row)];
                    int value = (int) tagTable.tuples()[(int) group * tagTable.width() + tagAt];
                    if (tag == null || value == TagColumn.ABSENT) {
                        column.ids()[row] = dictionary.idOf("");
                        column.setNull(row);
                    } else {
                        column.ids()[row] = dictionary.idOf(tag.value(value));
                    }
                }
                column.setDictionary(dictionary);
                tagAt++;
            }
        }
    }
}
