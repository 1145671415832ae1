package io.tsdb.storage.model;

/// Monotonic time: how long something took, or is to take. Whoever measures gets one handed in, so
/// that a test can set it; [SystemClock#ticker()] is the machine's. Wall time, which may jump, is a
/// [java.time.InstantSource].
@FunctionalInterface
public interface Ticker {
    /// Nanoseconds since an arbitrary moment. Only the difference of two means something, and it
    /// may pass the end of a long: compare `a - b` with 0, not `a` with `b`.
    long nanos();
}
