package io.tsdb.ingest.transport;

import io.tsdb.storage.model.Ticker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Memory taken by points that were received and are not yet acknowledged, bounded across all
/// connections of the node. Any thread.
///
/// What clients are still sending ([Arrival]) is in their hands, so it takes shares only: large
/// arrivals hold at most three quarters together and half for one sender, and when there is no
/// room, arrivals that make no progress are given up.
public final class WaitingBytes {
    /// An arrival is large when it holds more than this part of the limit.
    private static final int SMALL_PARTS = 256;

    /// When room is wanted, an arrival must bring what it holds within this time.
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(60);

    /// Over what time progress is measured, at least.
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long RECLAIM_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long limit;
    private final long smallMax;
    private final Ticker ticker;

    // guarded by this
    private final Set<Arrival> arrivals = new LinkedHashSet<>();
    private final Map<String, Long> largeBySender = new HashMap<>();
    private long largeBytes;
    private long reclaimedNanos;
    private long reserved;

    /// @param limit bytes
    public WaitingBytes(long limit, Ticker ticker) {
        if (limit < 1) {
            throw new IllegalArgumentException("waiting bytes must be positive: " + limit);
        }
        this.limit = limit;
        this.smallMax = limit / SMALL_PARTS;
        this.ticker = ticker;
        this.reclaimedNanos = ticker.nanos() - RECLAIM_EVERY_NANOS;
    }

    public long limit() {
        return limit;
    }

    public synchronized long reserved() {
        return reserved;
    }

    /// Most that one arrival can ever hold.
    long arrivalMax() {
        return Math.max(smallMax, limit / 2);
    }

    /// Begins with nothing.
    ///
    /// @param sender who sends it, asked once it is large
    /// @param giveUp called, on any thread and under a lock, when its share was taken away
    Arrival arrival(Supplier<String> sender, Runnable giveUp) {
        return new Arrival(sender, giveUp);
    }

    /// Takes what is already allocated into account, above the limit if need be.
    synchronized void reserveAnyway(long bytes) {
        reserved += bytes;
    }

    synchronized void release(long bytes) {
        reserved -= bytes;
        if (reserved < 0) {
            throw new IllegalStateException("BUG: more waiting bytes released than reserved");
        }
    }

    /// Takes the shares away of arrivals that make no progress, most held first, until there is
    /// room.
    private void reclaim(long wanted, Arrival asking) {
        long now = ticker.nanos();
        if (now - reclaimedNanos < RECLAIM_EVERY_NANOS) {
            return;
        }
        reclaimedNanos = now;
        List<Arrival> stalled = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            if (!arrival.equals(asking) && arrival.isStalled(now)) {
                stalled.add(arrival);
            }
        }
        stalled.sort((a, b) -> Long.compare(b.held, a.held));
        long freed = 0;
        for (Arrival arrival : stalled) {
            if (freed >= wanted) {
                return;
            }
            freed += arrival.held;
            arrival.revoke();
        }
    }

    /// What one body, or one unfinished line, holds while its client sends it.
    final class Arrival {
        private final Supplier<String> sender;
        private final Runnable giveUp;

        // guarded by the waiting bytes
        private String largeSender = "";
        private long held;
        private boolean large;
        private boolean over;
        private long arrived;
        private long windowNanos = ticker.nanos();
        private long windowArrived;
        private long progressNanos = windowNanos;
        private long lastWindowNanos = windowNanos;
        private long lastWindowArrived;

        private Arrival(Supplier<String> sender, Runnable giveUp) {
            this.sender = sender;
            this.giveUp = giveUp;
        }

        /// More of it came.
        void progressed(long bytes) {
            synchronized (WaitingBytes.this) {
                long now = ticker.nanos();
                progressNanos = now;
                if (now - windowNanos > WINDOW_NANOS) {
                    lastWindowNanos = windowNanos;
                    lastWindowArrived = windowArrived;
                    windowNanos = now;
                    windowArrived = arrived;
                }
                arrived += bytes;
            }
        }

        long held() {
            synchronized (WaitingBytes.this) {
                return held;
            }
        }

        /// Sees to it that it holds so much, or as much more than it needs already.
        ///
        /// @return false when there is no room, or its share was taken away; it is over then
        boolean grow(long bytes) {
            // may look at tokens: not under the lock
            String from = bytes > smallMax && !large ? sender.get() : "";
            synchronized (WaitingBytes.this) {
                if (over) {
                    return false;
                }
                if (bytes <= held) {
                    return true;
                }
                if (!fits(bytes, from)) {
                    reclaim(bytes - held, this);
                    if (!fits(bytes, from)) {
                        end(); // at once, so that of two that grow side by side one finds room
                        return false;
                    }
                }
                take(bytes, from);
                return true;
            }
        }

        /// Holds less from now on.
        void shrink(long bytes) {
            synchronized (WaitingBytes.this) {
                if (!over && bytes < held) {
                    long less = held - bytes;
                    held = bytes;
                    release(less);
                    if (large) {
                        countLarge(-less);
                    }
                    if (bytes == 0) {
                        settle();
                    }
                }
            }
        }

        /// All of it has come; from now on it holds `bytes`, which are released by
        /// [WaitingBytes#release].
        void complete(long bytes) {
            synchronized (WaitingBytes.this) {
                end();
                reserveAnyway(bytes);
            }
        }

        /// Gives everything back. Harmless when it is done twice.
        void end() {
            synchronized (WaitingBytes.this) {
                shrink(0);
                settle();
                over = true;
            }
        }

        private boolean fits(long bytes, String from) {
            if (reserved + bytes - held > limit) {
                return false;
            }
            if (bytes <= smallMax) {
                return true;
            }
            String name = large ? largeSender : from;
            long more = large ? bytes - held : bytes;
            return largeBytes + more <= limit - limit / 4
                    && largeBySender.getOrDefault(name, 0L) + more <= arrivalMax();
        }

        private void take(long bytes, String from) {
            arrivals.add(this);
            reserved += bytes - held;
            if (large) {
                countLarge(bytes - held);
            } else if (bytes > smallMax) {
                large = true;
                largeSender = from;
                countLarge(bytes);
            }
            held = bytes;
        }

        private void countLarge(long bytes) {
            largeBytes += bytes;
            largeBySender.merge(
                    largeSender, bytes, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
        }

        private void settle() {
            arrivals.remove(this);
            large = false;
        }

        private boolean isStalled(long now) {
            if (held > 0 && now - progressNanos >= WINDOW_NANOS) {
                return true;
            }
            long since = now - windowNanos < WINDOW_NANOS ? lastWindowNanos : windowNanos;
            long before = now - windowNanos < WINDOW_NANOS ? lastWindowArrived : windowArrived;
            long elapsed = now - since;
            double least = (double) held * elapsed / PROGRESS_NANOS;
            return held > 0 && elapsed >= WINDOW_NANOS && arrived - before < least;
        }

        private void revoke() {
            end();
            giveUp.run();
        }
    }
}
