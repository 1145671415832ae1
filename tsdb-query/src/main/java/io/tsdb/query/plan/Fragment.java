package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.TimeGrid;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The piece of a plan that runs at every shard. Its batches have [#types()] as columns.
public sealed interface Fragment {
    String database();

    String measurement();

    /// Columns of the batches that a shard hands back.
    List<ColumnType> types();

    /// Rows as they are.
    ///
    /// @param outputs what each row becomes
    /// @param sort when not empty, the shard hands back only the first `limit` rows in this order
    ///   (in no order among themselves)
    /// @param limit most rows that are wanted, `Long.MAX_VALUE` for all
    record Rows(ScanSpec scan, List<BoundExpression> outputs, List<SortKey> sort, long limit)
            implements Fragment {
        public Rows {
            outputs = List.copyOf(outputs);
            sort = List.copyOf(sort);
        }

        @Override
        public String database() {
            return scan.database();
        }

        @Override
        public String measurement() {
            return scan.measurement();
        }

        @Override
        public List<ColumnType> types() {
            return outputs.stream().map(BoundExpression::type).toList();
        }
    }

    /// Partial groups: the keys, then each aggregate's state.
    ///
    /// @param outerBuckets when not null: only groups in these buckets are wanted; the shard may
    ///   leave out others
    /// @param newestFirst a series is decided by its newest values, so its blocks are read from the
    ///   newest on until every aggregate has met one
    record Groups(
            ScanSpec scan,
            List<BoundExpression> keys,
            List<BoundExpression.Aggregate> aggregates,
            @Nullable OuterBuckets outerBuckets,
            boolean newestFirst)
            implements Fragment {
        public Groups {
            keys = List.copyOf(keys);
            aggregates = List.copyOf(aggregates);
        }

        @Override
        public String database() {
            return scan.database();
        }

        @Override
        public String measurement() {
            return scan.measurement();
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<ColumnType>();
            keys.forEach(key -> types.add(key.type()));
            for (BoundExpression.Aggregate aggregate : aggregates) {
                types.addAll(aggregate.function().stateTypes(aggregate.argument().type()));
            }
            return types;
        }
    }

    /// So many of the newest (oldest) time buckets that hold rows.
    record OuterBuckets(TimeGrid grid, long count, boolean newest) {}

    /// The newest row of each combination of tags: the tags, the time, the series' hash (which
    /// decides between rows of the same time: the higher one wins, unsigned), then the outputs.
    record Latest(ScanSpec scan, List<String> tags, List<BoundExpression> outputs)
            implements Fragment {
        public Latest {
            tags = List.copyOf(tags);
            outputs = List.copyOf(outputs);
        }

        @Override
        public String database() {
            return scan.database();
        }

        @Override
        public String measurement() {
            return scan.measurement();
        }

        /// Index of the time; the hash and the outputs follow.
        public int timeColumn() {
            return tags.size();
        }

        @Override
        public List<ColumnType> types() {
            var types = new ArrayList<ColumnType>();
            tags.forEach(_ -> types.add(ColumnType.STRING));
            types.add(ColumnType.TIMESTAMP);
            types.add(ColumnType.INT64);
            outputs.forEach(output -> types.add(output.type()));
            return types;
        }
    }

    /// Values of a tag: one column.
    record TagValues(String database, String measurement, String tag) implements Fragment {
        @Override
        public List<ColumnType> types() {
            return List.of(ColumnType.STRING);
        }
    }

    /// How many series there are, in a row without a tag; then, in a row each, the tags' values by
    /// their hashes: of all that are in memory, whether they have rows or not.
    record Cardinality(String database, String measurement) implements Fragment {
        @Override
        public List<ColumnType> types() {
            return List.of(ColumnType.STRING, ColumnType.INT64);
        }
    }

    /// The values of a tag by their hashes, and how many series each has; with its text where it is
    /// among the `texts` with the most series of the shard, else with an empty one. A value that is
    /// empty has no series.
    record ValueCounts(String database, String measurement, String tag, int texts)
            implements Fragment {
        @Override
        public List<ColumnType> types() {
            return List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.INT64);
        }
    }

    /// Keys of all series, as text: one column.
    record Series(String database, String measurement) implements Fragment {
        @Override
        public List<ColumnType> types() {
            return List.of(ColumnType.STRING);
        }
    }
}
