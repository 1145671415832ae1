package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;

import java.util.Random;

/// Columns as sensors and machines send them, from a seed; each is meant for one encoding.
public enum BenchColumns {
    /// Whole numbers 0 to 100, as in the TSBS cpu measurement: frame of reference.
    SMALL_INTEGERS(FieldType.INT64),
    /// A counter with uneven steps: delta.
    COUNTER(FieldType.INT64),
    /// Temperature with one decimal that wanders slowly: decimal, delta.
    SLOW_DECIMALS(FieldType.FLOAT64),
    /// Noisy value with two decimals: decimal, frame of reference.
    NOISY_DECIMALS(FieldType.FLOAT64),
    /// The same with an outlier in a hundred: patches.
    SPIKY_DECIMALS(FieldType.FLOAT64),
    /// Results of a computation, all within a power of two: split, one front part.
    FULL_DOUBLES(FieldType.FLOAT64),
    /// Results of a computation about zero: split, with codes and exceptions.
    SIGNED_DOUBLES(FieldType.FLOAT64),
    /// Readings of 32 bits: split, without the zeros at the end.
    FLOATS(FieldType.FLOAT64),
    /// A computation that moves slowly: XOR.
    SLOW_DOUBLES(FieldType.FLOAT64),
    /// A state that changes now and then: run-length.
    STATE(FieldType.BOOL),
    /// Random 64 bits: raw.
    RANDOM_INTEGERS(FieldType.INT64);

    final FieldType type;

    BenchColumns(FieldType type) {
        this.type = type;
    }

    long[] values(int count, long seed) {
        Random random = new Random(seed);
        long[] values = new long[count];
        long level = 20_000 + random.nextInt(1000);
        double slow = 20;
        for (int i = 0; i < count; i++) {
            level +=
                    switch (this) {
                        case COUNTER -> random.nextInt(1000);
                        case SLOW_DECIMALS -> random.nextInt(5) - 2;
                        case STATE -> random.nextInt(100) == 0 ? 1 : 0;
                        default -> 0;
                    };
            values[i] =
                    switch (this) {
                        case SMALL_INTEGERS -> random.nextInt(101);
                        case COUNTER -> level;
                        case SLOW_DECIMALS -> bits(level / 10.0);
                        case NOISY_DECIMALS ->
                                bits(Math.rint(random.nextGaussian() * 300 + 2000) / 100);
                        case SPIKY_DECIMALS ->
                                bits(
                                        random.nextInt(100) == 0
                                                ? random.nextInt(1_000_000) / 100.0
                                                : Math.rint(random.nextGaussian() * 300 + 2000)
                                                        / 100);
                        case FULL_DOUBLES -> bits(20 + random.nextGaussian());
                        case SIGNED_DOUBLES -> bits(random.nextGaussian());
                        case FLOATS -> bits((float) (20 + random.nextGaussian()));
                        case SLOW_DOUBLES -> bits(slow += 1e-9 * random.nextGaussian());
                        case STATE -> level & 1;
                        case RANDOM_INTEGERS -> random.nextLong();
                    };
        }
        return values;
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    static long[] times(int count, int jitterMillis, long seed) {
        Random random = new Random(seed);
        long[] times = new long[count];
        long time = 1_700_000_000_000L;
        for (int i = 0; i < count; i++) {
            time +=
                    10_000
                            + (jitterMillis == 0
                                    ? 0
                                    : random.nextInt(2 * jitterMillis) - jitterMillis);
            times[i] = time * 1_000_000;
        }
        return times;
    }
}
