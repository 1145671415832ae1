package io.tsdb.loadgen.workload;

import java.util.List;

/// The values of one measurement's series for a range of devices, step by step from step 0.
///
/// For each device call [#advance] once per step, in order of steps; the devices are independent of
/// each other.
public final class SeriesWalk {
    /// A walk moves in 1/1024 of a unit of its value.
    private static final int SUB_BITS = 10;

    private static final int GAUSS_MASK = 4095;
    private static final int[] GAUSS = Mix.gaussTable();
    private static final int DRAWS_PER_MIX = 5;

    private final long seed;
    private final int firstDevice;
    private final int measurements;
    private final int measurement;
    private final int fieldCount;
    private final FieldSpec.Motion[] motions;
    private final long[] lows;
    private final long[] highs;
    private final long[] startLows;
    private final long[] startSpans;
    private final long[] means;
    private final long[] sigmas;
    private final int[] changeChances;
    private final long[] state;

    /// @param measurement position of the measurement in the workload
    public SeriesWalk(
            Workload workload, int measurement, long seed, int firstDevice, int deviceCount) {
        List<FieldSpec> fields = workload.measurements().get(measurement).fields();
        this.seed = seed;
        this.firstDevice = firstDevice;
        this.measurement = measurement;
        measurements = workload.measurements().size();
        fieldCount = fields.size();
        motions = new FieldSpec.Motion[fieldCount];
        lows = new long[fieldCount];
        highs = new long[fieldCount];
        startLows = new long[fieldCount];
        startSpans = new long[fieldCount];
        means = new long[fieldCount];
        sigmas = new long[fieldCount];
        changeChances = new int[fieldCount];
        for (int f = 0; f < fieldCount; f++) {
            FieldSpec field = fields.get(f);
            motions[f] = field.motion();
            lows[f] = field.low() << SUB_BITS;
            highs[f] = (field.high() << SUB_BITS) + (1 << SUB_BITS) - 1;
            startLows[f] = field.startLow();
            startSpans[f] = field.startHigh() - field.startLow() + 1;
            means[f] = Math.round(field.mean() * (1 << SUB_BITS));
            // Kept 4 bits finer than the state, so that a walk slower than 1/1024 of a unit a step
            // still moves.
            sigmas[f] = Math.round(field.sigma() * (1 << (SUB_BITS + 4)));
            changeChances[f] = (int) Math.round(field.changeChance() * (1 << 24));
        }
        state = new long[Math.multiplyExact(fieldCount, deviceCount)];
    }

    /// Moves a device on to `step` and gives its values there.
    ///
    /// @param local device, counted from the first one of this walk
    /// @param target receives one value per field, in units of [FieldSpec]
    public void advance(int local, long step, long[] target) {
        long series = (long) (firstDevice + local) * measurements + measurement;
        int base = local * fieldCount;
        if (step == 0) {
            start(series, base, target);
            return;
        }
        long bits = Mix.mix(seed + series * 0x9E3779B97F4A7C15L + step * 0xD1B54A32D192ED03L);
        for (int f = 0, draws = 0; f < fieldCount; f++) {
            if (++draws > DRAWS_PER_MIX) {
                draws = 1;
                bits = Mix.mix(bits + 0x9E3779B97F4A7C15L * f + series);
            }
            long value = state[base + f];
            switch (motions[f]) {
                case WALK -> {
                    value += means[f] + ((sigmas[f] * GAUSS[(int) bits & GAUSS_MASK]) >> 20);
                    value = Math.min(Math.max(value, lows[f]), highs[f]);
                }
                case COUNTER -> {
                    value +=
                            Math.max(
                                    0,
                                    means[f]
                                            + ((sigmas[f] * GAUSS[(int) bits & GAUSS_MASK]) >> 20));
                    if (value > highs[f] || chance(bits, f)) {
                        value = lows[f];
                    }
                }
                case DRAIN -> {
                    value += means[f] + ((sigmas[f] * GAUSS[(int) bits & GAUSS_MASK]) >> 20);
                    value = value < lows[f] ? highs[f] : Math.min(value, highs[f]);
                }
                case JUMP -> {
                    if (chance(bits, f)) {
                        long span = (highs[f] - lows[f]) >> SUB_BITS;
                        value = lows[f] + ((Mix.mix(bits ^ f) >>> 1) % (span + 1) << SUB_BITS);
                    }
                }
            }
            state[base + f] = value;
            target[f] = value >> SUB_BITS;
            bits >>>= 12;
        }
    }

    private boolean chance(long bits, int field) {
        return changeChances[field] != 0 && (Mix.mix(bits + field) >>> 40) < changeChances[field];
    }

    private void start(long series, int base, long[] target) {
        for (int f = 0; f < fieldCount; f++) {
            long value = startLows[f] + (Mix.of(seed ^ 0x57A7L, series, f) >>> 1) % startSpans[f];
            state[base + f] = value << SUB_BITS;
            target[f] = value;
        }
    }
}
