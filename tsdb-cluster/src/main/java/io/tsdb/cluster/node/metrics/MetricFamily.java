package io.tsdb.cluster.node.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.tsdb.storage.model.DurationHistogram;

import java.util.ArrayList;
import java.util.Map;
import java.util.function.Supplier;

/// Metrics of one name that a label tells apart, or histograms, which the registry's own kinds
/// cannot read from counters that others keep. Any thread.
///
/// @param values by the label's value; of a family without label the one of the empty value
record MetricFamily<T>(String name, String help, String label, Supplier<Map<String, T>> values)
        implements Collector {
    private static final double NANOS_PER_SECOND = 1e9;
    static final String COUNTER_SUFFIX = "_total";

    @Override
    public MetricSnapshot collect() {
        Map<String, T> now = values.get();
        Object first = now.isEmpty() ? null : now.values().iterator().next();
        if (first instanceof DurationHistogram) {
            return histograms(now);
        }
        return name.endsWith(COUNTER_SUFFIX) ? counters(now) : gauges(now);
    }

    private Labels labels(String value) {
        return label.isEmpty() ? Labels.EMPTY : Labels.of(label, value);
    }

    private MetricSnapshot counters(Map<String, T> now) {
        var points = new ArrayList<CounterDataPointSnapshot>();
        now.forEach(
                (value, count) ->
                        points.add(
                                CounterDataPointSnapshot.builder()
                                        .value(((Number) count).doubleValue())
                                        .labels(labels(value))
                                        .build()));
        String counted = name.substring(0, name.length() - COUNTER_SUFFIX.length());
        return new CounterSnapshot(new MetricMetadata(counted, help), points);
    }

    private MetricSnapshot gauges(Map<String, T> now) {
        var points = new ArrayList<GaugeDataPointSnapshot>();
        now.forEach(
                (value, measured) ->
                        points.add(
                                GaugeDataPointSnapshot.builder()
                                        .value(((Number) measured).doubleValue())
                                        .labels(labels(value))
                                        .build()));
        return new GaugeSnapshot(new MetricMetadata(name, help), points);
    }

    private MetricSnapshot histograms(Map<String, T> now) {
        var points = new ArrayList<HistogramDataPointSnapshot>();
        now.forEach((value, one) -> points.add(point(value, ((DurationHistogram) one).snapshot())));
        return new HistogramSnapshot(new MetricMetadata(name, help), points);
    }

    private HistogramDataPointSnapshot point(String value, DurationHistogram.Snapshot seen) {
        double[] bounds = new double[seen.boundNanos().length];
        for (int i = 0; i < bounds.length; i++) {
            long bound = seen.boundNanos()[i];
            bounds[i] =
                    bound == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : bound / NANOS_PER_SECOND;
        }
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, seen.counts()))
                .sum(seen.nanosTotal() / NANOS_PER_SECOND)
                .labels(labels(value))
                .build();
    }
}
