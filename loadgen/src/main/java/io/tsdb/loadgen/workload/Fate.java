package io.tsdb.loadgen.workload;

/// What happens to one point on its way, by seed: filled again for each point, so that no object is
/// made per point.
public final class Fate {
    private static final int CHANCE_BITS = 20;

    private final long seed;
    private final boolean orderly;
    private final int missingEntry;
    private final int lateEntry;
    private final int duplicateEntry;
    private final int missingBatch;
    private final int lateBatch;
    private final int zeroTagChance;
    private final int zeroFieldChance;

    boolean missing;
    int delaySteps;

    /// Steps from the point's own step to its second send; 0 when there is none.
    int duplicateDelaySteps;

    /// Whether the second send carries other values.
    boolean duplicateChanges;

    /// Fields of the second send, as drawn; the owner masks it with the fields that exist.
    long duplicateFields;

    /// Tag that is left out, or -1.
    int zeroTag;

    /// Fields that are present.
    long fields;

    Fate(StreamConfig config) {
        Disorder disorder = config.disorder();
        seed = config.seed() ^ 0xFA7EL;
        orderly = disorder.isNone();
        missingEntry = bits(disorder.missingEntry());
        lateEntry = bits(disorder.lateEntry());
        duplicateEntry = bits(disorder.duplicateEntry());
        missingBatch = bits(disorder.missingBatch());
        lateBatch = bits(disorder.lateBatch());
        zeroTagChance = bits(disorder.zeroTag());
        zeroFieldChance = bits(disorder.zeroField());
    }

    private static int bits(double chance) {
        return (int) Math.round(chance * (1 << CHANCE_BITS));
    }

    /// Decides for one point; `series` is unique over all measurements.
    void decide(long series, long step, MeasurementSpec spec) {
        missing = false;
        delaySteps = 0;
        duplicateDelaySteps = 0;
        zeroTag = -1;
        fields = spec.allFields();
        if (!orderly) {
            decideDisorder(series, step, spec);
        }
    }

    private void decideDisorder(long series, long step, MeasurementSpec spec) {
        int mask = (1 << CHANCE_BITS) - 1;
        long run = step / Disorder.RUN_STEPS;
        long runBits = Mix.of(seed ^ 0x3B1DL, series, run);
        long bits = Mix.of(seed, series, step);
        missing = (runBits & mask) < missingBatch || (bits & mask) < missingEntry;
        if (missing) {
            return;
        }
        long more = Mix.mix(bits);
        if (((runBits >>> CHANCE_BITS) & mask) < lateBatch) {
            int endOfRun = (int) ((run + 1) * Disorder.RUN_STEPS - step);
            delaySteps = endOfRun + Mix.below(runBits << 24, Disorder.LATE_STEPS_MAX);
        } else if (((bits >>> CHANCE_BITS) & mask) < lateEntry) {
            delaySteps = 1 + Mix.below(more, Disorder.LATE_STEPS_MAX);
        }
        if (((bits >>> (2 * CHANCE_BITS)) & mask) < duplicateEntry) {
            duplicateDelaySteps = delaySteps + 1 + Mix.below(more << 16, Disorder.LATE_STEPS_MAX);
            duplicateChanges = (more & 1) == 0;
            duplicateFields = Mix.mix(more);
        }
        long zero = Mix.mix(more + 1);
        if ((zero & mask) < zeroTagChance && spec.tags().size() > 1) {
            zeroTag = 1 + Mix.below(zero, spec.tags().size() - 1);
        }
        if (((zero >>> CHANCE_BITS) & mask) < zeroFieldChance && spec.fields().size() > 1) {
            fields &= ~(1L << Mix.below(Mix.mix(zero), spec.fields().size()));
        }
    }

    /// Fields of the second send: all that exist for a plain repeat, else a part of them and at
    /// least one.
    long duplicateFieldMask() {
        if (!duplicateChanges) {
            return fields;
        }
        long part = fields & duplicateFields;
        return part == 0 ? Long.lowestOneBit(fields) : part;
    }
}
