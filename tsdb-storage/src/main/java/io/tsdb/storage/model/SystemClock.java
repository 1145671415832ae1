package io.tsdb.storage.model;

import java.time.InstantSource;

/// The clocks of this machine, the only place that reads them. `main` takes them from here and
/// hands them down; everything below gets them as parameters (`ArchitectureTest`).
public final class SystemClock {
    private SystemClock() {}

    /// Time of day, which somebody may set.
    public static InstantSource wall() {
        return InstantSource.system();
    }

    /// Time that only goes on.
    public static Ticker ticker() {
        return System::nanoTime;
    }
}
