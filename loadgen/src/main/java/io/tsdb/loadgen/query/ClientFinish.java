package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Finish;
import io.tsdb.loadgen.wire.RowSink;
import io.tsdb.loadgen.wire.SqlRow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes a result of groups per truck and ten minutes, see [Finish]. Groups come in any order.
///
/// Source of the definitions: TSBS, the SQL of its iot use case. Two differ: its
/// `breakdown-frequency` counts `status = 0`, which is never null, so that every truck is always
/// broken down; here a status below 1 on average is, as in its `daily-activity`.
final class ClientFinish implements RowSink {
    private static final long DAY = 86_400_000_000_000L;
    private static final double BUCKETS_PER_HOUR = 6;
    private static final double BUCKETS_PER_DAY = 144;
    private static final double DRIVING = 5;
    private static final double BROKEN = 1;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Finish finish;
    private final int tagCount;
    private final Map<List<String>, TreeMap<Long, double[]>> groups = new HashMap<>();

    ClientFinish(QuerySpec spec) {
        this.finish = spec.finish();
        this.tagCount = spec.groupTags().size();
    }

    @Override
    public void columns(List<String> names) {}

    @Override
    public void row(SqlRow row) {
        var tags = new ArrayList<String>(tagCount);
        for (int i = 0; i < tagCount; i++) {
            tags.add(row.text(1 + i));
        }
        int first = 1 + tagCount;
        double[] cells = new double[row.columns() - first];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = row.isNull(first + i) ? Double.NaN : row.number(first + i);
        }
        add(tags, row.timeNanos(0), cells);
    }

    /// A group.
    ///
    /// @param cells NaN for none; without a first one the group does not count
    void add(List<String> tags, long bucket, double[] cells) {
        if (!Double.isNaN(cells[0])) {
            groups.computeIfAbsent(List.copyOf(tags), _ -> new TreeMap<>()).put(bucket, cells);
        }
    }

    /// The result: a number by the texts that it belongs to, a day being the nanoseconds of its
    /// begin.
    Map<List<String>, Double> result() {
        var result = new HashMap<List<String>, Double>();
        groups.forEach((tags, buckets) -> finish(tags, buckets, result));
        return result;
    }

    private void finish(
            List<String> tags, TreeMap<Long, double[]> buckets, Map<List<String>, Double> result) {
        switch (finish) {
            case NONE -> {}
            case MORE_THAN_22 -> countAbove(22, tags, buckets, result);
            case MORE_THAN_60 -> countAbove(60, tags, buckets, result);
            case HOURS_PER_DAY -> {
                long days =
                        buckets.keySet().stream().mapToLong(ClientFinish::day).distinct().count();
                result.put(tags, buckets.size() / BUCKETS_PER_HOUR / days);
            }
            case SESSION_SECONDS -> sessions(tags, buckets, result);
            case SHARE_OF_DAY ->
                    buckets.forEach(
                            (time, cells) ->
                                    result.merge(
                                            List.of(tags.get(0), tags.get(1), "" + day(time)),
                                            cells[1] / BUCKETS_PER_DAY,
                                            Double::sum));
            case BREAKDOWNS -> {
                boolean before = true;
                for (double[] cells : buckets.values()) {
                    boolean broken = cells[0] < BROKEN;
                    if (broken && !before) {
                        result.merge(List.of(tags.get(0)), 1.0, Double::sum);
                    }
                    before = broken;
                }
            }
        }
    }

    private static void countAbove(
            int least,
            List<String> tags,
            TreeMap<Long, double[]> buckets,
            Map<List<String>, Double> result) {
        if (buckets.size() > least) {
            result.put(tags, (double) buckets.size());
        }
    }

    /// A session begins where a truck drives and did not before, and ends at the next change.
    private static void sessions(
            List<String> tags, TreeMap<Long, double[]> buckets, Map<List<String>, Double> result) {
        record Sum(double seconds, int count) {}
        var days = new TreeMap<Long, Sum>();
        boolean before = buckets.firstEntry().getValue()[0] > DRIVING;
        long start = Long.MIN_VALUE;
        for (Map.Entry<Long, double[]> bucket : buckets.entrySet()) {
            boolean drives = bucket.getValue()[0] > DRIVING;
            if (drives && !before) {
                start = bucket.getKey();
            } else if (!drives && before && start != Long.MIN_VALUE) {
                double seconds = (bucket.getKey() - start) / NANOS_PER_SECOND;
                days.merge(
                        day(start),
                        new Sum(seconds, 1),
                        (a, b) -> new Sum(a.seconds() + b.seconds(), a.count() + b.count()));
            }
            before = drives;
        }
        days.forEach(
                (day, sum) ->
                        result.put(
                                List.of(tags.getFirst(), "" + day), sum.seconds() / sum.count()));
    }

    private static long day(long nanos) {
        return Math.floorDiv(nanos, DAY) * DAY;
    }
}
