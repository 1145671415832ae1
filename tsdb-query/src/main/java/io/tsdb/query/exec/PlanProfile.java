package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentProfile;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.PlanText;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the operators of a query did while it ran: for `EXPLAIN ANALYZE`. One thread.
final class PlanProfile implements PlanText.Notes {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Ticker ticker;
    private final Map<Plan, Node> nodes = new IdentityHashMap<>();

    PlanProfile(Ticker ticker) {
        this.ticker = ticker;
    }

    /// One operator, with all below it.
    static final class Node {
        private final FragmentProfile fragment = new FragmentProfile();
        private long rows;
        private long nanos;

        FragmentProfile fragment() {
            return fragment;
        }
    }

    Node node(Plan plan) {
        return nodes.computeIfAbsent(plan, _ -> new Node());
    }

    /// The operator, with its rows and its time counted.
    BatchSource counted(BatchSource source, Node node) {
        return new BatchSource() {
            @Override
            public @Nullable ColumnBatch next() {
                long began = ticker.nanos();
                ColumnBatch batch = source.next();
                node.nanos += ticker.nanos() - began;
                node.rows += batch == null ? 0 : batch.rowCount();
                return batch;
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }

    @Override
    public String behind(Plan plan) {
        Node node = nodes.get(plan);
        return node == null ? "" : " (" + node.rows + " rows, " + millis(node.nanos) + ")";
    }

    @Override
    public List<String> below(Plan plan) {
        Node node = nodes.get(plan);
        var lines = new ArrayList<String>();
        if (node != null) {
            for (FragmentProfile.Entry shard : node.fragment.shards()) {
                lines.add(shard.where() + ": " + text(shard.counts()));
            }
        }
        return lines;
    }

    private static String text(ScanCounts shard) {
        return shard.rows()
                + " rows, "
                + millis(shard.nanos())
                + "; blocks: "
                + shard.blocksRead()
                + " read, "
                + shard.blocksFromStatistics()
                + " answered from statistics, "
                + shard.blocksPruned()
                + " pruned; "
                + shard.bytesDecoded()
                + " bytes decoded"
                + (shard.latestRows() == 0
                        ? ""
                        : "; " + shard.latestRows() + " rows from the last-value table");
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / NANOS_PER_MILLI);
    }
}
