package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Aggregate;
import io.tsdb.loadgen.query.QuerySpec.Shape;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.workload.FieldSpec;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.TagSpec;
import io.tsdb.loadgen.workload.Workload;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The right answer to one question: rows by key (bucket and group; time and device; device), each
/// with its cells.
public final class ExpectedAnswer {
    private static final long NO_BUCKET = Long.MIN_VALUE;

    private final QuerySpec spec;
    private final StreamConfig config;
    private final Workload workload;
    private final MeasurementSpec measurement;
    private final BitSet devices = new BitSet();
    private final int aboveField;
    private final int[] fields;
    private final Map<Long, Map<String, Group>> groups = new TreeMap<>();
    private final Map<String, double[]> rows = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();
    private final String[] groupNames;

    private static final class Group {
        final double[] sums;
        final double[] maxes;
        final double[] lasts;
        final long[] lastTimes;
        final long[] counts;

        Group(int aggregates) {
            sums = new double[aggregates];
            maxes = new double[aggregates];
            lasts = new double[aggregates];
            lastTimes = new long[aggregates];
            counts = new long[aggregates];
            java.util.Arrays.fill(maxes, Double.NEGATIVE_INFINITY);
            java.util.Arrays.fill(lastTimes, Long.MIN_VALUE);
        }
    }

    ExpectedAnswer(QuerySpec spec, StreamConfig config, Workload workload) {
        this.spec = spec;
        this.config = config;
        this.workload = workload;
        measurement = spec.measurement();
        spec.devices().forEach(devices::set);
        aboveField = measurement.fieldIndex(spec.aboveField());
        List<String> names = columns();
        fields = new int[names.size()];
        for (int c = 0; c < fields.length; c++) {
            fields[c] = measurement.fieldIndex(names.get(c));
        }
        groupNames = new String[config.scale()];
    }

    /// Fields that an answer shows, one per cell after the key.
    private List<String> columns() {
        if (spec.shape() == Shape.AGGREGATE) {
            return spec.aggregates().stream().map(Aggregate::field).toList();
        }
        List<String> all = measurement.fields().stream().map(FieldSpec::name).toList();
        return spec.columns().isEmpty()
                ? all
                : spec.columns().stream().filter(all::contains).toList();
    }

    QuerySpec spec() {
        return spec;
    }

    /// Names of the cells of a row, for messages and for reading answers by name.
    List<String> cellNames() {
        return columns();
    }

    /// Takes a stored point.
    ///
    /// @param present fields that it has
    /// @param zeroTag tag that it lacks, or -1
    void take(int device, long nanos, long[] values, long present, int zeroTag) {
        if ((!devices.isEmpty() && !devices.get(device))
                || nanos < spec.fromNanos()
                || nanos >= spec.toNanos()) {
            return;
        }
        for (Map.Entry<String, String> tag : spec.tags().entrySet()) {
            int t = measurement.tagIndex(tag.getKey());
            if (t == zeroTag || !tagValue(device, nanos, t).equals(tag.getValue())) {
                return;
            }
        }
        if (aboveField >= 0
                && ((present >>> aboveField & 1) == 0
                        || !(number(aboveField, values) > spec.above()))) {
            return;
        }
        switch (spec.shape()) {
            case AGGREGATE -> aggregate(device, nanos, values, present, zeroTag);
            case ROWS -> rows.put(nanos + " " + tagValue(device, nanos, 0), cells(values, present));
            case LATEST -> {
                String key = tagValue(device, nanos, 0);
                if (nanos > newest.getOrDefault(key, Long.MIN_VALUE)) {
                    newest.put(key, nanos);
                    rows.put(key, cells(values, present));
                }
            }
        }
    }

    private String tagValue(int device, long nanos, int tag) {
        TagSpec.Values values = measurement.tags().get(tag).values();
        long step = (nanos - config.startNanos()) / config.intervalNanos();
        return values.of(config.seed(), device, workload.generation(config.seed(), device, step));
    }

    private double number(int field, long[] values) {
        FieldSpec of = measurement.fields().get(field);
        return of.type() == FieldSpec.Type.DECIMAL ? of.decimalValue(values[field]) : values[field];
    }

    private double[] cells(long[] values, long present) {
        double[] cells = new double[fields.length];
        for (int c = 0; c < cells.length; c++) {
            cells[c] = (present >>> fields[c] & 1) == 0 ? Double.NaN : number(fields[c], values);
        }
        return cells;
    }

    private void aggregate(int device, long nanos, long[] values, long present, int zeroTag) {
        long bucket =
                spec.bucketNanos() == 0
                        ? NO_BUCKET
                        : Math.floorDiv(nanos, spec.bucketNanos()) * spec.bucketNanos();
        Map<String, Group> inBucket = groups.get(bucket);
        if (inBucket == null) {
            inBucket = new HashMap<>();
            groups.put(bucket, inBucket);
            if (spec.limit() > 0 && groups.size() > spec.limit()) {
                groups.remove(((TreeMap<Long, Map<String, Group>>) groups).firstKey());
            }
        }
        Group group =
                inBucket.computeIfAbsent(
                        groupName(device, nanos, zeroTag), _ -> new Group(fields.length));
        for (int c = 0; c < fields.length; c++) {
            if ((present >>> fields[c] & 1) == 0) {
                continue;
            }
            double number = number(fields[c], values);
            group.sums[c] += number;
            group.maxes[c] = Math.max(group.maxes[c], number);
            group.counts[c]++;
            if (nanos > group.lastTimes[c]) {
                group.lastTimes[c] = nanos;
                group.lasts[c] = number;
            }
        }
    }

    private String groupName(int device, long nanos, int zeroTag) {
        if (zeroTag < 0 && groupNames[device] != null && workload.lifetimeSteps() == 0) {
            return groupNames[device];
        }
        List<String> parts = new ArrayList<>();
        boolean lacks = false;
        for (String tag : spec.groupTags()) {
            int t = measurement.tagIndex(tag);
            lacks |= t == zeroTag;
            parts.add(t == zeroTag ? "null" : tagValue(device, nanos, t));
        }
        String name = String.join(" ", parts);
        if (!lacks) {
            groupNames[device] = name;
        }
        return name;
    }

    /// Turns groups into rows.
    void finish() {
        groups.forEach(
                (bucket, inBucket) ->
                        inBucket.forEach(
                                (name, group) -> {
                                    double[] cells = new double[fields.length];
                                    for (int c = 0; c < cells.length; c++) {
                                        cells[c] = result(spec.aggregates().get(c), group, c);
                                    }
                                    if (spec.having().equals(QuerySpec.Having.NONE)
                                            || spec.having().holds(cells[0])) {
                                        rows.put(
                                                (bucket == NO_BUCKET ? "" : bucket + " ") + name,
                                                cells);
                                    }
                                }));
        groups.clear();
        newest.clear();
    }

    private static double result(Aggregate aggregate, Group group, int c) {
        if (group.counts[c] == 0) {
            return aggregate.function() == QuerySpec.Function.COUNT ? 0 : Double.NaN;
        }
        return switch (aggregate.function()) {
            case MAX -> group.maxes[c];
            case AVG -> group.sums[c] / group.counts[c];
            case LAST -> group.lasts[c];
            case COUNT -> group.counts[c];
        };
    }

    /// Number of rows that the answer must have.
    public int rowCount() {
        return rows.size();
    }

    /// Cells of a row; a missing value is NaN. Empty when there is no such row.
    double[] cells(String key) {
        return rows.getOrDefault(key, new double[0]);
    }

    /// What is made of the groups, when something is.
    Map<List<String>, Double> finished() {
        var finish = new ClientFinish(spec);
        rows.forEach(
                (key, cells) -> {
                    int end = key.indexOf(' ');
                    // no tag of these questions has blanks in its values
                    List<String> tags = List.of(key.substring(end + 1).split(" "));
                    finish.add(tags, Long.parseLong(key.substring(0, end)), cells);
                });
        return finish.result();
    }

    /// Reader of an answer that compares it.
    public AnswerCheck check(SqlDialect dialect) {
        return new AnswerCheck(this, dialect);
    }
}
