package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.Filling;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.JoinKind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What a query does. As it is written, a plan has [Scan]s at its leaves; the rules push what
/// stands above one into the fragment that runs at the shards, and leave none. Everything else runs
/// where the query came in.
public sealed interface Plan {
    /// Columns of the node's rows.
    List<ColumnType> types();

    /// The rows of a measurement. They have no numbered columns: expressions right above name time,
    /// tags and fields.
    record Scan(ScanSpec spec) implements Plan {
        @Override
        public List<ColumnType> types() {
            return List.of();
        }
    }

    /// The newest row of each combination of tags: the columns of a scan, named as there.
    record Latest(Scan input, List<String> tags) implements Plan {
        public Latest {
            tags = List.copyOf(tags);
        }

        @Override
        public List<ColumnType> types() {
            return List.of();
        }
    }

    /// Rows in groups: keys, then results of the aggregates. Without keys there is always one row.
    ///
    /// @param time of the input's rows, null when they have none
    record Aggregate(
            Plan input,
            List<BoundExpression> keys,
            List<BoundExpression.Aggregate> aggregates,
            @Nullable BoundExpression time)
            implements Plan {
        public Aggregate {
            keys = List.copyOf(keys);
            aggregates = List.copyOf(aggregates);
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<ColumnType>();
            keys.forEach(key -> types.add(key.type()));
            aggregates.forEach(aggregate -> types.add(aggregate.type()));
            return types;
        }
    }

    /// Groups with rows for the buckets that they lack.
    ///
    /// @param input columns of the filling
    /// @param before groups of rows before the range, with the same columns; null when none are
    ///   looked at
    record Fill(Plan input, @Nullable Plan before, Filling filling) implements Plan {
        @Override
        public List<ColumnType> types() {
            return input.types();
        }
    }

    /// The input's columns, then a column per call; in the order of the windows, which all calls
    /// share but for their frames.
    ///
    /// @param calls over the input's columns, at least one
    record Window(Plan input, List<BoundExpression.WindowCall> calls) implements Plan {
        public Window {
            calls = List.copyOf(calls);
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<>(input.types());
            calls.forEach(call -> types.add(call.type()));
            return types;
        }
    }

    /// The rows of all inputs, which have the same types, one input after the other.
    record Union(List<Plan> inputs) implements Plan {
        public Union {
            inputs = List.copyOf(inputs);
        }

        @Override
        public List<ColumnType> types() {
            return inputs.getFirst().types();
        }
    }

    /// Rows of the left input that the right one has too (`INTERSECT`), or has not (`EXCEPT`).
    ///
    /// @param all whether equal rows are counted; else each different row is one
    record Matched(Plan left, Plan right, boolean isIntersection, boolean all) implements Plan {
        @Override
        public List<ColumnType> types() {
            return left.types();
        }
    }

    /// Rows of both inputs side by side: the left one's columns, then the right one's.
    ///
    /// @param kind which rows are kept without a match, with NULLs for the other side
    /// @param keys rows match whose keys are all equal, and none is NULL
    /// @param residual over the columns of both: rows match for which it is true; null without
    record Join(
            Plan left,
            Plan right,
            JoinKind kind,
            List<JoinKey> keys,
            @Nullable BoundExpression residual)
            implements Plan {
        public Join {
            keys = List.copyOf(keys);
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<>(left.types());
            types.addAll(right.types());
            return types;
        }
    }

    /// Each row of the left input beside the row of the right one that is nearest to it, of those
    /// with equal keys for which a comparison is true: the left one's columns, then the right
    /// one's.
    ///
    /// @param keepsLeft whether rows without such a row stay, with NULLs
    /// @param order what is compared: times or INT64
    /// @param operator compares the left side with the right one; no equality
    /// @param tolerance how far apart the two may be; null for any distance
    record Asof(
            Plan left,
            Plan right,
            boolean keepsLeft,
            List<JoinKey> keys,
            JoinKey order,
            ComparisonOperator operator,
            @Nullable Long tolerance)
            implements Plan {
        public Asof {
            keys = List.copyOf(keys);
        }

        /// Whether the nearest row is the last one of those before, not the first one behind.
        public boolean isBackwards() {
            return operator.holds(1);
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<>(left.types());
            types.addAll(right.types());
            return types;
        }
    }

    /// Each row of the left input beside aggregates of those rows of the right one with equal keys
    /// that lie within a span of time around it.
    ///
    /// @param right columns of it alone are what `keys`, `order` and the aggregates name
    /// @param order times of both sides
    /// @param from, to where the span begins and ends, in nanoseconds from the left side's time;
    ///   both count
    /// @param withPrevailing whether the newest row before the span counts too, where none is at
    ///   its start
    record WindowJoin(
            Plan left,
            Plan right,
            List<JoinKey> keys,
            JoinKey order,
            long from,
            long to,
            boolean withPrevailing,
            List<BoundExpression.Aggregate> aggregates)
            implements Plan {
        public WindowJoin {
            keys = List.copyOf(keys);
            aggregates = List.copyOf(aggregates);
        }

        WindowJoin with(Plan newLeft, Plan newRight) {
            return new WindowJoin(
                    newLeft, newRight, keys, order, from, to, withPrevailing, aggregates);
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<>(left.types());
            aggregates.forEach(aggregate -> types.add(aggregate.type()));
            return types;
        }
    }

    /// Expressions of one type, that are equal or compared in rows that match.
    ///
    /// @param left over the left input's columns
    /// @param right over the right input's columns
    record JoinKey(BoundExpression left, BoundExpression right) {}

    /// Rows of constants: `VALUES`.
    record Values(List<ColumnType> types, List<List<BoundExpression.Constant>> rows)
            implements Plan {
        public Values {
            types = List.copyOf(types);
            rows = List.copyOf(rows);
        }
    }

    /// The rows that all shards hand back, in no order.
    record Gather(Fragment fragment) implements Plan {
        @Override
        public List<ColumnType> types() {
            return fragment.types();
        }
    }

    /// Partial groups of all shards merged and finished: keys, then results of the aggregates.
    /// Without keys there is always one row.
    record MergeGroups(Fragment.Groups fragment) implements Plan {
        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<ColumnType>();
            fragment.keys().forEach(key -> types.add(key.type()));
            fragment.aggregates().forEach(aggregate -> types.add(aggregate.type()));
            return types;
        }
    }

    /// The newest of the newest rows of all shards: the fragment's outputs.
    record MergeLatest(Fragment.Latest fragment) implements Plan {
        @Override
        public List<ColumnType> types() {
            return fragment.outputs().stream().map(BoundExpression::type).toList();
        }
    }

    /// One row without columns: `SELECT` without `FROM`.
    record SingleRow() implements Plan {
        @Override
        public List<ColumnType> types() {
            return List.of();
        }
    }

    /// @param condition over the input's columns
    record Filter(Plan input, BoundExpression condition) implements Plan {
        @Override
        public List<ColumnType> types() {
            return input.types();
        }
    }

    /// @param expressions over the input's columns
    record Project(Plan input, List<BoundExpression> expressions) implements Plan {
        public Project {
            expressions = List.copyOf(expressions);
        }

        @Override
        public List<ColumnType> types() {
            return expressions.stream().map(BoundExpression::type).toList();
        }
    }

    /// Equal rows are one.
    record Distinct(Plan input) implements Plan {
        @Override
        public List<ColumnType> types() {
            return input.types();
        }
    }

    /// @param limit how many of the first rows are wanted, `Long.MAX_VALUE` for all
    record Sort(Plan input, List<SortKey> keys, long limit) implements Plan {
        public Sort {
            keys = List.copyOf(keys);
        }

        @Override
        public List<ColumnType> types() {
            return input.types();
        }
    }

    record Limit(Plan input, long limit, long offset) implements Plan {
        @Override
        public List<ColumnType> types() {
            return input.types();
        }
    }

    /// Drops columns behind the first `count`, which only served to sort.
    record Cut(Plan input, int count) implements Plan {
        @Override
        public List<ColumnType> types() {
            return input.types().subList(0, count);
        }
    }
}
