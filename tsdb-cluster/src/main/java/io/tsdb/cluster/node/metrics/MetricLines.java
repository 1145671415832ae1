package io.tsdb.cluster.node.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Metrics as line protocol. Those without label are fields of one row of the measurement `node`;
/// each with a label is a row of a measurement with its name, the label as tag and the field
/// `value`, or `count` and `sum`. Pure.
final class MetricLines {
    /// Of one look, whatever labels come up.
    static final int LINES_MAX = 500;

    /// Every row has it.
    static final String NODE_TAG = "node";

    private final String node;

    /// @param node the tag's value
    MetricLines(String node) {
        this.node = node;
    }

    /// Without a time: that of the write counts.
    String of(MetricSnapshots snapshots) {
        var row = new LinkedHashMap<String, Double>();
        var lines = new ArrayList<String>();
        for (MetricSnapshot metric : snapshots) {
            String name = metric.getMetadata().getPrometheusName();
            for (DataPointSnapshot point : metric.getDataPoints()) {
                add(name, point, row, lines);
            }
        }
        var text = new StringBuilder(line("node", "", row));
        lines.stream().limit(LINES_MAX).forEach(text::append);
        return text.toString();
    }

    private void add(
            String name, DataPointSnapshot point, Map<String, Double> row, List<String> lines) {
        var fields = new LinkedHashMap<String, Double>();
        switch (point) {
            case CounterDataPointSnapshot counter ->
                    fields.put(name + MetricFamily.COUNTER_SUFFIX, counter.getValue());
            case GaugeDataPointSnapshot gauge -> fields.put(name, gauge.getValue());
            case HistogramDataPointSnapshot histogram -> {
                fields.put(name + "_count", (double) histogram.getCount());
                fields.put(name + "_sum", histogram.getSum());
            }
            case SummaryDataPointSnapshot summary -> {
                fields.put(name + "_count", (double) summary.getCount());
                fields.put(name + "_sum", summary.getSum());
            }
            default -> {
                return; // of a kind that nobody registers here
            }
        }
        if (point.getLabels().isEmpty()) {
            row.putAll(fields);
            return;
        }
        var tags = new StringBuilder();
        for (Label label : point.getLabels()) {
            if (!label.getValue().isEmpty()) {
                tags.append(',').append(label.getName()).append('=').append(escaped(label));
            }
        }
        if (fields.size() == 1) {
            var only = fields.entrySet().iterator().next();
            lines.add(line(only.getKey(), tags.toString(), Map.of("value", only.getValue())));
        } else {
            var both = new LinkedHashMap<String, Double>();
            fields.forEach((field, value) -> both.put(field.substring(name.length() + 1), value));
            lines.add(line(name, tags.toString(), both));
        }
    }

    private static String escaped(Label label) {
        return label.getValue()
                .replace("\\", "/")
                .replace(",", "\\,")
                .replace("=", "\\=")
                .replace(" ", "\\ ");
    }

    /// Empty when no value is a number.
    private String line(String measurement, String tags, Map<String, Double> fields) {
        var text = new StringBuilder();
        fields.forEach(
                (name, value) -> {
                    if (Double.isFinite(value)) {
                        text.append(text.isEmpty() ? "" : ",").append(name).append('=');
                        text.append(value);
                    }
                });
        return text.isEmpty()
                ? ""
                : measurement + tags + "," + NODE_TAG + "=" + node + " " + text + "\n";
    }
}
