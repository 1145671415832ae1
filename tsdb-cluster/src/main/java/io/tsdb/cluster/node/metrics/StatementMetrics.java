package io.tsdb.cluster.node.metrics;

import io.tsdb.query.http.EndedStatement;
import io.tsdb.query.http.StatementKind;
import io.tsdb.query.http.StatementWatch;
import io.tsdb.storage.model.DurationHistogram;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts statements: how long each sort took, and what went wrong. Any thread.
public final class StatementMetrics implements StatementWatch {
    private final Map<StatementKind, DurationHistogram> durations =
            new EnumMap<>(StatementKind.class);
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final LongAdder rows = new LongAdder();

    public StatementMetrics() {
        for (StatementKind kind : StatementKind.values()) {
            durations.put(kind, new DurationHistogram());
        }
    }

    @Override
    public void ended(EndedStatement statement) {
        DurationHistogram ofKind = durations.get(statement.kind());
        if (ofKind != null) {
            ofKind.record(statement.elapsedNanos());
        }
        rows.add(statement.rowCount());
        if (!statement.error().isEmpty()) {
            errors.computeIfAbsent(statement.error(), _ -> new LongAdder()).increment();
        }
    }

    /// Of sorts that came.
    Map<String, DurationHistogram> durations() {
        var seen = new TreeMap<String, DurationHistogram>();
        durations.forEach(
                (kind, histogram) -> {
                    if (histogram.snapshot().count() > 0 || kind == StatementKind.SELECT) {
                        seen.put(kind.word(), histogram);
                    }
                });
        return seen;
    }

    /// By the code of the error.
    Map<String, Long> errors() {
        var counts = new TreeMap<String, Long>();
        errors.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    LongAdder rows() {
        return rows;
    }
}
