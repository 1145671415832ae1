package io.tsdb.loadgen.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The lines of one lane (a range of devices), batch by batch: the same bytes each time for a
/// [StreamConfig].
///
/// Points are taken in order of step, device, measurement; batch `b` considers points `[b *
/// batchLines, (b + 1) * batchLines)`. Missing ones are left out; late ones and duplicates are kept
/// and appended to the batch in which they are due, in the order in which they were put off
/// ([PointSends] says the same by arithmetic). Memory: the lane's series and what is late.
public final class LaneStream {
    private static final int STAMP_BYTES_MAX = 24;

    private final StreamConfig config;
    private final Workload workload;
    private final int firstDevice;
    private final int devices;
    private final int measurements;
    private final List<MeasurementSpec> specs;
    private final SeriesWalk[] walks;
    private final LineFormat[] formats;
    private final SeriesKeys[] keys;
    private final long[][] values;
    private final Fate fate;
    private final Map<Long, LineBuffer> pending = new HashMap<>();
    private final LineBuffer skipped = new LineBuffer(1 << 10);
    private final LineBuffer stamp = new LineBuffer(STAMP_BYTES_MAX);
    private long stampNanos = Long.MIN_VALUE;

    private long batch;
    private long step;
    private int device;
    private int measurement;

    public LaneStream(StreamConfig config, int lane) {
        this.config = config;
        workload = Workloads.named(config.workload());
        firstDevice = config.firstDevice(lane);
        devices = config.firstDevice(lane + 1) - firstDevice;
        specs = workload.measurements();
        measurements = specs.size();
        walks = new SeriesWalk[measurements];
        formats = new LineFormat[measurements];
        keys = new SeriesKeys[measurements];
        values = new long[measurements][];
        for (int m = 0; m < measurements; m++) {
            walks[m] = new SeriesWalk(workload, m, config.seed(), firstDevice, devices);
            formats[m] = new LineFormat(specs.get(m));
            keys[m] = new SeriesKeys(workload, specs.get(m), config.seed(), firstDevice, devices);
            values[m] = new long[specs.get(m).fields().size()];
        }
        fate = new Fate(config);
    }

    /// Number of the batch that [#next] gives next.
    public long position() {
        return batch;
    }

    /// Points of the lane at one step, missing ones included.
    public long pointsPerStep() {
        return (long) devices * measurements;
    }

    public boolean hasNext() {
        return config.steps() == 0 || step < config.steps();
    }

    /// Goes past the next batch; what is due later is kept. For continuing a run.
    public void skip() {
        // Late lines of a skipped batch belong to a batch that may not be skipped, so their text is
        // needed.
        next(skipped);
    }

    /// Fills `target` with the next batch. A batch can be empty when all of its points are missing
    /// or late.
    ///
    /// @throws IllegalStateException past the end
    public void next(LineBuffer target) {
        if (!hasNext()) {
            throw new IllegalStateException(
                    "lane has no batch " + batch + ": it ends at step " + config.steps());
        }
        target.clear();
        for (int i = 0; i < config.batchLines() && hasNext(); i++) {
            point(target);
            if (++measurement == measurements) {
                measurement = 0;
                if (++device == devices) {
                    device = 0;
                    step++;
                }
            }
        }
        LineBuffer due = pending.remove(batch);
        if (due != null) {
            target.append(due);
        }
        batch++;
    }

    private void point(LineBuffer target) {
        MeasurementSpec spec = specs.get(measurement);
        long[] current = values[measurement];
        walks[measurement].advance(device, step, current);
        int global = firstDevice + device;
        if (!workload.isActive(config.seed(), global, step)) {
            return;
        }
        fate.decide((long) global * measurements + measurement, step, spec);
        if (fate.missing) {
            return;
        }
        if (fate.delaySteps == 0 && fate.duplicateDelaySteps == 0 && fate.zeroTag < 0) {
            writeLine(target, keys[measurement].at(device, step), current, fate.fields);
            return;
        }
        unusualPoint(target, spec, current, global);
    }

    private void unusualPoint(LineBuffer target, MeasurementSpec spec, long[] current, int global) {
        byte[] key =
                fate.zeroTag < 0
                        ? keys[measurement].at(device, step)
                        : keys[measurement].without(device, step, fate.zeroTag);
        writeLine(bufferFor(fate.delaySteps, global, target), key, current, fate.fields);
        if (fate.duplicateDelaySteps != 0) {
            long[] second = current;
            if (fate.duplicateChanges) {
                second = current.clone();
                PointSends.changeValues(spec, second);
            }
            writeLine(
                    bufferFor(fate.duplicateDelaySteps, global, target),
                    key,
                    second,
                    fate.duplicateFieldMask());
        }
    }

    private LineBuffer bufferFor(int delaySteps, int global, LineBuffer target) {
        if (delaySteps == 0) {
            return target;
        }
        long due =
                config.batchOf(
                        global, config.clampStep(step + delaySteps), measurement, measurements);
        return pending.computeIfAbsent(due, _ -> new LineBuffer(1 << 12));
    }

    private void writeLine(LineBuffer target, byte[] key, long[] current, long fields) {
        target.reserve(key.length + formats[measurement].lineBytesMax() + STAMP_BYTES_MAX);
        target.put(key, 0, key.length);
        int count = formats[measurement].putFields(target, current, fields);
        target.put(' ');
        long nanos = workload.timestampNanos(config, firstDevice + device, step);
        if (nanos != stampNanos) {
            // One text serves all points of a step, unless their clocks differ.
            stamp.clear();
            stamp.putLong(nanos / config.precision().nanos());
            stamp.put('\n');
            stampNanos = nanos;
        }
        target.put(stamp.bytes, 0, stamp.size);
        target.lineWritten(count);
    }
}
