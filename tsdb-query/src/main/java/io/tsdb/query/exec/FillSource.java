package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.FillMode;
import io.tsdb.query.analysis.Filling;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowOrder;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Groups with a row for each bucket of a range. All groups are held back and sorted; the rows that
/// are added are made as they are pulled. Rows before the range are looked at only when a group
/// lacks a value at its start.
final class FillSource implements BatchSource {
    private final Filling filling;
    private final BatchSource input;
    private final @Nullable Supplier<BatchSource> before;
    private final QueryControl control;
    private final List<ColumnType> types;
    private final RowStore rows;
    private final MemoryAccount scratch;
    private final int[] groupColumns;
    private final ColumnBatch output;
    private int inputCount;
    private int beforeFrom;
    private int[] order = {};
    private @Nullable PartitionRows groups;
    private @Nullable FillGroup group;
    private boolean isAtGroup;

    /// @param before starts what gives groups of rows before the range; null when none are wanted
    FillSource(
            Plan.Fill plan,
            BatchSource input,
            @Nullable Supplier<BatchSource> before,
            QueryControl control) {
        this.filling = plan.filling();
        this.input = input;
        this.before = before;
        this.control = control;
        this.types = plan.types();
        this.rows = new RowStore(types, control.memory().account());
        this.scratch = control.memory().account();
        this.output = new ColumnBatch(types);
        this.groupColumns = new int[filling.keyCount() - 1];
        for (int i = 0; i < groupColumns.length; i++) {
            groupColumns[i] = i < filling.bucket() ? i : i + 1;
        }
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (group == null || groups == null) {
            group = read();
            return next();
        }
        control.check();
        for (int i = 0; i < types.size(); i++) {
            output.column(i).setAllPresent();
        }
        int count = 0;
        while (count < ColumnVector.ROWS_MAX && (isAtGroup || moveToGroup(groups, group))) {
            if (group.next()) {
                write(group, count++);
            } else {
                isAtGroup = false;
            }
        }
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) == ColumnType.STRING) {
                output.column(i).setDictionary(rows.strings(i));
            }
        }
        output.setRowCount(count);
        return count == 0 ? null : output;
    }

    private boolean moveToGroup(PartitionRows partitions, FillGroup of) {
        while (partitions.next()) {
            if (of.isWanted(partitions.from(), partitions.to())) {
                of.begin(partitions.from(), partitions.to());
                isAtGroup = true;
                return true;
            }
        }
        return false;
    }

    private FillGroup read() {
        append(input);
        inputCount = rows.size();
        try (BatchSource listed = listed()) {
            append(listed);
        }
        beforeFrom = rows.size();
        Long firstStart = filling.fromNanos() == null ? edge(false) : filling.fromNanos();
        Long lastTime = filling.toNanos() == null ? edge(true) : before(filling.toNanos());
        long first = firstStart == null ? 0 : filling.grid().index(firstStart);
        boolean hasRange = firstStart != null && lastTime != null && firstStart <= lastTime;
        long count =
                hasRange && lastTime != null ? countOf(first, filling.grid().index(lastTime)) : 0;
        FillGroup sorted = sort(first, count);
        if (before != null && count > 0 && lacksPrevious(sorted)) {
            try (BatchSource source = before.get()) {
                append(source);
            }
            sorted = sort(first, count);
        }
        checkCount(sorted, count);
        groups = new PartitionRows(rows, order, groupColumns, List.of(), scratch);
        return sorted;
    }

    /// Buckets from one to another with both, or as many as a number can say.
    private static long countOf(long first, long last) {
        long further = last - first;
        return further < 0 || further == Long.MAX_VALUE ? Long.MAX_VALUE : further + 1;
    }

    private static @Nullable Long before(long nanos) {
        return nanos == Long.MIN_VALUE ? null : (Long) (nanos - 1);
    }

    private void append(BatchSource source) {
        for (ColumnBatch batch = source.next(); batch != null; batch = source.next()) {
            control.check();
            rows.append(batch.columns(), 0, batch.rowCount());
        }
    }

    /// A row without bucket and values for each group that is listed.
    private BatchSource listed() {
        var constants = new ArrayList<List<Constant>>();
        for (List<Constant> keys : filling.listed()) {
            var row = new ArrayList<Constant>(keys);
            row.add(filling.bucket(), new Constant(ColumnType.TIMESTAMP, null));
            for (int i = row.size(); i < types.size(); i++) {
                row.add(new Constant(types.get(i), null));
            }
            constants.add(row);
        }
        return new ValuesSource(new Plan.Values(types, constants), control.memory());
    }

    /// The first or last bucket that any row of the input has; null when there is none.
    private @Nullable Long edge(boolean isLast) {
        Long edge = null;
        long[] buckets = rows.longs(filling.bucket());
        for (int row = 0; row < inputCount; row++) {
            if (rows.isPresent(filling.bucket(), row)) {
                long bucket = buckets[row];
                if (edge == null || (isLast ? bucket > edge : bucket < edge)) {
                    edge = bucket;
                }
            }
        }
        return edge;
    }

    private FillGroup sort(long firstBucket, long bucketCount) {
        var keys = new ArrayList<SortKey>();
        for (int column : groupColumns) {
            keys.add(new SortKey(column, false, false));
        }
        keys.add(new SortKey(filling.bucket(), false, false));
        scratch.releaseAll();
        order = RowOrder.sorted(rows, keys, scratch);
        return new FillGroup(
                rows, order, filling, inputCount, beforeFrom, firstBucket, bucketCount);
    }

    private boolean lacksPrevious(FillGroup of) {
        var partitions = new PartitionRows(rows, order, groupColumns, List.of(), scratch);
        while (partitions.next()) {
            if (of.lacksPrevious(partitions.from(), partitions.to())) {
                return true;
            }
        }
        return false;
    }

    private void checkCount(FillGroup of, long bucketCount) {
        var partitions = new PartitionRows(rows, order, groupColumns, List.of(), scratch);
        long count = 0;
        while (partitions.next()) {
            count += of.isWanted(partitions.from(), partitions.to()) ? 1 : 0;
        }
        control.checkFilled(bucketCount, count);
    }

    private void write(FillGroup at, int target) {
        int keyCount = filling.keyCount();
        for (int column = 0; column < keyCount; column++) {
            if (column != filling.bucket()) {
                copy(column, order[groupFrom()], target);
            } else if (at.isBucket()) {
                output.column(column).longs()[target] = at.bucketStart();
                output.column(column).setPresent(target);
            } else {
                output.column(column).setNull(target);
            }
        }
        for (int i = 0; i < filling.modes().size(); i++) {
            int column = keyCount + i;
            boolean isFilled =
                    at.isBucket()
                            && (at.row() == FillGroup.NONE || !rows.isPresent(column, at.row()));
            if (isFilled) {
                fill(at, i, target);
            } else {
                copy(column, at.row(), target);
            }
        }
    }

    private int groupFrom() {
        return groups == null ? 0 : groups.from();
    }

    private void fill(FillGroup at, int i, int target) {
        int column = filling.keyCount() + i;
        switch (filling.modes().get(i)) {
            case FillMode.Null _ -> copy(column, FillGroup.NONE, target);
            case FillMode.Previous _ -> copy(column, at.previous(i), target);
            case FillMode.Next _ -> copy(column, at.next(i), target);
            case FillMode.Linear _ -> {
                int previous = at.previous(i);
                int next = at.next(i);
                if (previous == FillGroup.NONE || next == FillGroup.NONE) {
                    copy(column, FillGroup.NONE, target);
                } else {
                    output.column(column).doubles()[target] = at.between(i, previous, next);
                    output.column(column).setPresent(target);
                }
            }
            case FillMode.Value(Constant constant) -> set(column, constant, target);
        }
    }

    /// @param row that has the value; [FillGroup#NONE] for null
    private void copy(int column, int row, int target) {
        ColumnVector to = output.column(column);
        if (row == FillGroup.NONE || !rows.isPresent(column, row)) {
            if (types.get(column) == ColumnType.STRING) {
                to.ids()[target] = 0;
            }
            to.setNull(target);
            return;
        }
        switch (types.get(column)) {
            case TIMESTAMP, INT64, UINT64, BOOL -> to.longs()[target] = rows.longs(column)[row];
            case FLOAT64 -> to.doubles()[target] = rows.doubles(column)[row];
            case STRING -> to.ids()[target] = (int) rows.longs(column)[row];
        }
        to.setPresent(target);
    }

    private void set(int column, Constant constant, int target) {
        ColumnVector to = output.column(column);
        switch (constant.value()) {
            case null -> copy(column, FillGroup.NONE, target);
            case Long number -> to.longs()[target] = number;
            case Double number -> to.doubles()[target] = number;
            case Boolean bool -> to.longs()[target] = bool ? 1 : 0;
            case String text -> to.ids()[target] = rows.strings(column).idOf(text);
            default -> throw new IllegalStateException("BUG: constant " + constant);
        }
        if (constant.value() != null) {
            to.setPresent(target);
        }
    }

    @Override
    public void close() {
        input.close();
    }
}
