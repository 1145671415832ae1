package io.tsdb.cluster.rpc;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps a member that does not answer from being asked again and again: after a failure it is left
/// alone for a while, longer each time; then one request tries. Any thread.
final class Breaker {
    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int DOUBLINGS_MAX = 5;

    /// A request that tries may end without a word, as when another replica was faster; then the
    /// next one tries.
    private static final long TRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private final Consumer<String> told;
    private volatile int failures;
    private long openUntil;
    private String reason = "";

    /// @param told when the member falls silent, and when it is heard again
    Breaker(Consumer<String> told) {
        this.told = told;
    }

    /// Whether a request may go; the one that tries says so by [#succeeded] or [#failed].
    synchronized boolean lets(long now) {
        if (failures == 0) {
            return true;
        }
        if (now - openUntil < 0) {
            return false;
        }
        openUntil = now + TRY_NANOS_MAX;
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
        if (failures > 0) {
            told.accept("answers again");
        }
        failures = 0;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock
    synchronized void failed(long now, IOException cause) {
        reason = String.valueOf(cause.getMessage());
        if (failures == 0) {
            told.accept("does not answer: " + reason);
        }
        openUntil = now + (PAUSE_NANOS_MIN << Math.min(failures, DOUBLINGS_MAX));
        failures++;
    }
}
