package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnType;

import java.util.ArrayList;
import java.util.List;

/// What runs where the query came in, above the shards.
public sealed interface Plan {
    /// Columns of the node's rows.
    List<ColumnType> types();

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
