package io.tsdb.cluster.rpc;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Keeps a member that does not answer from being asked again and again: after a failure it is left
/// alone for a while, longer each time; then one request tries. Any thread.
final class Breaker {
    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int DOUBLINGS_MAX = 5;

    private volatile int failures;
    private long openUntil;
    private boolean isTrying;
    private String reason = "";

    /// Whether a request may go; the one that tries says so by [#succeeded] or [#failed].
    synchronized boolean lets(long now) {
        if (failures == 0) {
            return true;
        }
        if (isTrying || now - openUntil < 0) {
            return false;
        }
        isTrying = true;
        return true;
    }

    boolean isOpen() {
        return failures > 0;
    }

    /// Why the last request failed.
    synchronized String reason() {
        return reason;
    }

    synchronized void succeeded() {
        failures = 0;
        isTrying = false;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock
    synchronized void failed(long now, IOException cause) {
        reason = String.valueOf(cause.getMessage());
        openUntil = now + (PAUSE_NANOS_MIN << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        isTrying = false;
    }
}
