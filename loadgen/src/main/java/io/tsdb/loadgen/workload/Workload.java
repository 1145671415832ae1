package io.tsdb.loadgen.workload;

import java.util.List;

/// Shape of a workload: measurements, how exact the devices' clocks are, and how long devices live.
///
/// @param jitter largest deviation of a timestamp from its grid, as a share of the interval; below
///   0.5
/// @param lifetimeSteps steps until a device is replaced by a new one (0: never); it is silent for
///   its last tenth
/// @param disorder what goes wrong on the way, unless the user says otherwise
public record Workload(
        String name,
        List<MeasurementSpec> measurements,
        double jitter,
        int lifetimeSteps,
        Disorder disorder) {
    public Workload {
        measurements = List.copyOf(measurements);
        if (jitter < 0 || jitter >= 0.5) {
            throw new IllegalArgumentException("jitter must be in [0, 0.5), is " + jitter);
        }
    }

    /// Generation of the device at a place: 0, then one more with each replacement.
    public int generation(long seed, int device, long step) {
        return lifetimeSteps == 0 ? 0 : (int) ((step + phase(seed, device)) / lifetimeSteps);
    }

    /// Whether the device sends at this step.
    public boolean isActive(long seed, int device, long step) {
        return lifetimeSteps == 0
                || (step + phase(seed, device)) % lifetimeSteps
                        < lifetimeSteps - lifetimeSteps / 10;
    }

    private long phase(long seed, int device) {
        return Mix.below(Mix.of(seed, device, 0x11FEL), lifetimeSteps);
    }

    /// Timestamp of a point. Ascends with the step, as the jitter stays below half an interval.
    public long timestampNanos(StreamConfig config, int device, long step) {
        long grid = config.startNanos() + step * config.intervalNanos();
        if (jitter == 0) {
            return grid;
        }
        double deviation =
                (Mix.fraction(Mix.of(config.seed() ^ 0x6A17L, device, step)) * 2 - 1) * jitter;
        long nanos = grid + (long) (deviation * config.intervalNanos());
        return Math.floorDiv(nanos, config.precision().nanos()) * config.precision().nanos();
    }
}
