package io.tsdb.loadgen.workload;

/// All that determines the bytes of a run and their division into batches. Kept in the ledger, so
/// that a run can be continued or verified from the ledger alone.
///
/// @param scale number of devices
/// @param steps points per series; 0 for no end
/// @param lanes parts of the fleet that are sent independently, one connection each
/// @param batchLines points considered per batch (less are sent where some are missing or late)
public record StreamConfig(
        String workload,
        int scale,
        long seed,
        long startNanos,
        long intervalNanos,
        long steps,
        int lanes,
        int batchLines,
        Precision precision,
        Disorder disorder) {
    public StreamConfig {
        if (scale < 1
                || intervalNanos < 1
                || steps < 0
                || lanes < 1
                || batchLines < 1
                || lanes > scale) {
            throw new IllegalArgumentException(
                    "scale="
                            + scale
                            + ", interval="
                            + intervalNanos
                            + " ns, steps="
                            + steps
                            + ", lanes="
                            + lanes
                            + ", batch="
                            + batchLines
                            + ": all but steps must be positive, and each lane needs a device");
        }
        if (startNanos % precision.nanos() != 0 || intervalNanos % precision.nanos() != 0) {
            throw new IllegalArgumentException(
                    "start and interval must be whole "
                            + precision.parameter()
                            + ", or points would fall together");
        }
    }

    /// First device of a lane; `firstDevice(lanes)` is the scale.
    public int firstDevice(int lane) {
        return (int) ((long) scale * lane / lanes);
    }

    /// Lane that sends a device.
    public int laneOf(int device) {
        int lane = (int) ((long) device * lanes / scale);
        while (device < firstDevice(lane)) {
            lane--;
        }
        while (device >= firstDevice(lane + 1)) {
            lane++;
        }
        return lane;
    }

    /// Batch that holds the first send of (device, step, measurement) when nothing is late: batches
    /// of a lane are cut from its points in order of step, device, measurement.
    public long batchOf(int device, long step, int measurement, int measurements) {
        int lane = laneOf(device);
        int devices = firstDevice(lane + 1) - firstDevice(lane);
        long slot = (step * devices + (device - firstDevice(lane))) * measurements + measurement;
        return slot / batchLines;
    }

    /// Step at which a point that is delayed goes out: within the run, if the run has an end.
    public long clampStep(long step) {
        return steps == 0 ? step : Math.min(step, steps - 1);
    }

    public StreamConfig withLanes(int lanes) {
        return new StreamConfig(
                workload,
                scale,
                seed,
                startNanos,
                intervalNanos,
                steps,
                lanes,
                batchLines,
                precision,
                disorder);
    }
}
