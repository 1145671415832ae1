package io.tsdb.loadgen.load;

/// A stretch of a run.
///
/// @param fromSeconds since the start
/// @param p50Millis latency over the stretch; 0 when no batch ended in it
public record Sample(
        double fromSeconds,
        double toSeconds,
        long lines,
        long bytes,
        long errors,
        double p50Millis,
        double p99Millis,
        double maxMillis) {

    /// Two neighbours as one; the percentiles become the larger one's, which errs on the safe side.
    Sample join(Sample next) {
        return new Sample(
                fromSeconds,
                next.toSeconds,
                lines + next.lines,
                bytes + next.bytes,
                errors + next.errors,
                Math.max(p50Millis, next.p50Millis),
                Math.max(p99Millis, next.p99Millis),
                Math.max(maxMillis, next.maxMillis));
    }

    public double linesPerSecond() {
        return lines / Math.max(1e-9, toSeconds - fromSeconds);
    }
}
