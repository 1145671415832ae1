package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowOrder;
import io.tsdb.query.rows.TopBound;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.ArrayList;
import java.util.List;

/// Which blocks, and which rows of one, may be among the first of a sorted scan: told by tags, by
/// the bounds of times and by the statistics of fields, before anything is decoded.
final class SortedBlocks {
    /// What is to be read of the current block.
    enum Verdict {
        READ,
        SKIP_BLOCK,
        /// Further blocks of the series lie still further out.
        SKIP_SERIES
    }

    private enum Kind {
        TIME,
        TAG,
        FIELD,
        OTHER
    }

    private final TopBound bound;
    private final ScanRows rows;
    private final List<Kind> kinds = new ArrayList<>();
    private final int[] columns;

    SortedBlocks(
            List<SortKey> keys,
            List<BoundExpression> outputs,
            ScanColumns layout,
            ScanRows rows,
            TopBound bound) {
        this.bound = bound;
        this.rows = rows;
        this.columns = new int[keys.size()];
        for (int i = 0; i < columns.length; i++) {
            BoundExpression expression = outputs.get(keys.get(i).column());
            Kind kind = kind(expression);
            kinds.add(kind);
            columns[i] = kind == Kind.OTHER ? -1 : layout.indexOf(expression);
            if (kind == Kind.TAG) {
                columns[i] = layout.tagOf(columns[i]);
            }
        }
    }

    private static Kind kind(BoundExpression expression) {
        return switch (expression) {
            case BoundExpression.Time _ -> Kind.TIME;
            case BoundExpression.Tag _ -> Kind.TAG;
            case BoundExpression.Field f when f.type() != ColumnType.STRING -> Kind.FIELD;
            default -> Kind.OTHER;
        };
    }

    /// Whether blocks are best read from new to old: by the first key that is no tag.
    static boolean newestFirst(List<SortKey> keys, List<BoundExpression> outputs) {
        for (SortKey key : keys) {
            switch (kind(outputs.get(key.column()))) {
                case TIME -> {
                    return key.descending();
                }
                case TAG -> {
                    // the same for a whole series
                }
                case FIELD, OTHER -> {
                    return false;
                }
            }
        }
        return false;
    }

    /// Judges the block that the rows have begun.
    Verdict judge() {
        if (!bound.isSet()) {
            return Verdict.READ;
        }
        boolean wholeSeries = true;
        for (int i = 0; i < columns.length; i++) {
            wholeSeries &= kinds.get(i) == Kind.TAG || kinds.get(i) == Kind.TIME;
            switch (side(i)) {
                case BEHIND -> {
                    return wholeSeries ? Verdict.SKIP_SERIES : Verdict.SKIP_BLOCK;
                }
                case OPEN -> {
                    return Verdict.READ;
                }
                case EQUAL -> {
                    // by the next key
                }
            }
            wholeSeries &= kinds.get(i) == Kind.TAG;
        }
        return Verdict.READ;
    }

    private TopBound.Side side(int key) {
        return switch (kinds.get(key)) {
            case TIME, FIELD -> {
                ColumnStatistics statistics = rows.statistics(columns[key]);
                if (statistics == null || statistics.count() < rows.rowCount()) {
                    yield TopBound.Side.OPEN;
                }
                yield bound.side(
                        key,
                        rank(statistics, statistics.minBits()),
                        rank(statistics, statistics.maxBits()));
            }
            case TAG -> bound.side(key, rows.tagTextOrNull(columns[key]));
            case OTHER -> TopBound.Side.OPEN;
        };
    }

    private static long rank(ColumnStatistics statistics, long bits) {
        return switch (statistics.type()) {
            case FLOAT64 -> RowOrder.rank(Double.longBitsToDouble(bits));
            case INT64, UINT64, BOOL, STRING -> bits;
        };
    }

    /// Narrows the rows to those that may be among the first.
    ///
    /// @param selection room for their numbers
    /// @return false when there are none
    boolean narrow(int[] selection) {
        Kind first = kinds.getFirst();
        if (!bound.isSet() || first != Kind.TIME && first != Kind.FIELD) {
            return true;
        }
        int count = rows.rowCount();
        int kept = bound.select(rows.column(columns[0]), count, selection);
        if (kept > 0 && kept < count) {
            rows.narrow(selection, kept);
        }
        return kept > 0;
    }
}
