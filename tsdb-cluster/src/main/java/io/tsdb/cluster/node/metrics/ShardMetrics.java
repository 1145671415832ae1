package io.tsdb.cluster.node.metrics;

import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// What each shard holds. Any thread.
record ShardMetrics(Store store) {
    private static final String LABEL = "shard";

    void bindTo(NodeMetrics metrics) {
        add(metrics, "tsdb_shard_series", "Series of a shard.", Shard::seriesCount);
        add(metrics, "tsdb_shard_head_bytes", "Points not in a part.", Shard::memoryBytes);
        add(metrics, "tsdb_shard_head_points", "Points not in a part.", Shard::headPointCount);
        add(metrics, "tsdb_shard_parts", "Parts.", shard -> shard.parts().size());
        add(metrics, "tsdb_shard_part_bytes", "Bytes of parts.", ShardMetrics::partBytes);
    }

    private void add(NodeMetrics metrics, String name, String what, ToDoubleFunction<Shard> value) {
        metrics.family(name, LABEL, what, () -> byShard(value));
    }

    private Map<String, Number> byShard(ToDoubleFunction<Shard> value) {
        var values = new TreeMap<String, Number>();
        for (Shard shard : store.shards()) {
            values.put(Integer.toString(shard.id()), value.applyAsDouble(shard));
        }
        return values;
    }

    private static double partBytes(Shard shard) {
        return shard.parts().stream().mapToLong(part -> part.summary().sizeBytes()).sum();
    }
}
