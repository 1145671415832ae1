package io.tsdb.loadgen.workload;

/// Says of one point what is sent of it, and in which batches: the knowledge that `verify` and
/// `query` judge by. Filled again by [#of] for each point.
public final class PointSends {
    private final StreamConfig config;
    private final Workload workload;
    private final int measurements;
    private final Fate fate;

    private int count;
    private long firstBatch;
    private long secondBatch;

    public PointSends(StreamConfig config, Workload workload) {
        this.config = config;
        this.workload = workload;
        measurements = workload.measurements().size();
        fate = new Fate(config);
    }

    /// Decides for a point.
    ///
    /// @return how often it is sent: 0, 1 or 2 times
    public int of(int device, long step, int measurement) {
        count = 0;
        if (!workload.isActive(config.seed(), device, step)) {
            return 0;
        }
        fate.decide(
                (long) device * measurements + measurement,
                step,
                workload.measurements().get(measurement));
        if (fate.missing) {
            return 0;
        }
        firstBatch = batch(device, step, measurement, fate.delaySteps);
        count = 1;
        if (fate.duplicateDelaySteps != 0) {
            secondBatch = batch(device, step, measurement, fate.duplicateDelaySteps);
            count = 2;
        }
        return count;
    }

    private long batch(int device, long step, int measurement, int delay) {
        long at = delay == 0 ? step : config.clampStep(step + delay);
        return config.batchOf(device, at, measurement, measurements);
    }

    /// Batch of the device's lane that carries a send (0 or 1).
    public long batch(int send) {
        return send == 0 ? firstBatch : secondBatch;
    }

    /// Fields that a send carries.
    public long fields(int send) {
        return send == 0 ? fate.fields : fate.duplicateFieldMask();
    }

    /// Whether a send carries other values than the walk has, namely [#changeValues].
    public boolean isChanged(int send) {
        return send == 1 && count == 2 && fate.duplicateChanges;
    }

    /// Tag that the point lacks, or -1.
    public int zeroTag() {
        return fate.zeroTag;
    }

    /// The values of a changing duplicate: each one different from the first send's.
    public static void changeValues(MeasurementSpec spec, long[] values) {
        for (int f = 0; f < values.length; f++) {
            FieldSpec field = spec.fields().get(f);
            values[f] = values[f] < field.high() ? values[f] + 1 : field.low();
        }
    }
}
