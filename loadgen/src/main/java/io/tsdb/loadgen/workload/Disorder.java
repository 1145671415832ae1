package io.tsdb.loadgen.workload;

/// What goes wrong between a device and the server, as chances per entry (one point) and per batch
/// (a run of [#RUN_STEPS] entries of one series, as a gateway buffers them).
///
/// @param duplicateEntry chance that a point is sent once more later; every second of those carries
///   other values for some of its fields, so that the later write must win field by field
/// @param zeroTag chance that a point lacks one of its tags (never the first)
/// @param zeroField chance that a point lacks one of its fields
public record Disorder(
        double missingBatch,
        double lateBatch,
        double missingEntry,
        double lateEntry,
        double duplicateEntry,
        double zeroTag,
        double zeroField) {
    /// Entries of one series that get lost or late together.
    static final int RUN_STEPS = 16;

    /// A late entry is sent at most this many steps late; a duplicate as well, counted from the
    /// first send.
    static final int LATE_STEPS_MAX = 32;

    public static final Disorder NONE = new Disorder(0, 0, 0, 0, 0, 0, 0);

    /// Rates of the TSBS iot use case.
    public static final Disorder IOT = new Disorder(0.01, 0.05, 0.1, 0.3, 0, 0.01, 0.1);

    public Disorder {
        for (double chance :
                new double[] {
                    missingBatch,
                    lateBatch,
                    missingEntry,
                    lateEntry,
                    duplicateEntry,
                    zeroTag,
                    zeroField
                }) {
            if (!(chance >= 0 && chance <= 1)) {
                throw new IllegalArgumentException("a chance is between 0 and 1, not " + chance);
            }
        }
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /// Longest time in steps between a point's own step and the last send of it.
    static int delayStepsMax() {
        return RUN_STEPS + LATE_STEPS_MAX + LATE_STEPS_MAX;
    }
}
