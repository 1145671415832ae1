package io.tsdb.loadgen.query;

import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.PointSends;
import io.tsdb.loadgen.workload.SeriesWalk;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workload;
import io.tsdb.loadgen.workload.Workloads;

import java.util.ArrayList;
import java.util.List;

/// Computes from the seed what the answers must be, for many questions in one pass over the points
/// of the run (all of which are taken to be stored, the later write of a point winning field by
/// field).
public final class Expectations {
    private Expectations() {}

    /// Answers, in the order of the questions.
    public static List<ExpectedAnswer> of(StreamConfig config, List<QuerySpec> specs) {
        Workload workload = Workloads.named(config.workload());
        List<ExpectedAnswer> answers = new ArrayList<>();
        for (QuerySpec spec : specs) {
            answers.add(new ExpectedAnswer(spec, config, workload));
        }
        for (int m = 0; m < workload.measurements().size(); m++) {
            int measurement = m;
            List<ExpectedAnswer> here =
                    answers.stream()
                            .filter(a -> a.spec().measurementIndex() == measurement)
                            .toList();
            if (!here.isEmpty()) {
                pass(config, workload, measurement, here);
            }
        }
        answers.forEach(ExpectedAnswer::finish);
        return answers;
    }

    private static void pass(
            StreamConfig config, Workload workload, int measurement, List<ExpectedAnswer> answers) {
        MeasurementSpec spec = workload.measurements().get(measurement);
        SeriesWalk walk = new SeriesWalk(workload, measurement, config.seed(), 0, config.scale());
        PointSends sends = new PointSends(config, workload);
        long[] values = new long[spec.fields().size()];
        ExpectedAnswer[] active = new ExpectedAnswer[answers.size()];
        for (long step = 0; step < config.steps(); step++) {
            int count = 0;
            long grid = config.startNanos() + step * config.intervalNanos();
            for (ExpectedAnswer answer : answers) {
                if (answer.spec().fromNanos() <= grid + config.intervalNanos() / 2
                        && answer.spec().toNanos() > grid - config.intervalNanos() / 2) {
                    active[count++] = answer;
                }
            }
            for (int device = 0; device < config.scale(); device++) {
                walk.advance(device, step, values);
                if (count == 0 || sends.of(device, step, measurement) == 0) {
                    continue;
                }
                point(
                        spec,
                        sends,
                        values,
                        active,
                        count,
                        device,
                        workload.timestampNanos(config, device, step));
            }
        }
    }

    private static void point(
            MeasurementSpec spec,
            PointSends sends,
            long[] values,
            ExpectedAnswer[] active,
            int count,
            int device,
            long nanos) {
        long[] stored = values;
        if (sends.isChanged(1)) {
            long[] changed = values.clone();
            PointSends.changeValues(spec, changed);
            stored = values.clone();
            for (int f = 0; f < stored.length; f++) {
                if ((sends.fields(1) >>> f & 1) != 0) {
                    stored[f] = changed[f];
                }
            }
        }
        for (int a = 0; a < count; a++) {
            active[a].take(device, nanos, stored, sends.fields(0), sends.zeroTag());
        }
    }
}
