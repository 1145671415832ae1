package io.tsdb.storage.compaction;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Lets its thread work for a share of the time, in slices so short that nobody who wants the core
/// waits long. One thread.
public final class SharePace implements Pace {
    private static final long SLICE_NANOS = 2_000_000;

    private final LongSupplier nanoTicker;
    private final LongConsumer rest;
    private final double share;
    private final BooleanSupplier ends;
    private long since;

    /// @param rest lets so many nanoseconds pass
    /// @param share above 0 to 1; 1 never rests
    /// @param ends whether the work is to be given up
    public SharePace(
            LongSupplier nanoTicker, LongConsumer rest, double share, BooleanSupplier ends) {
        this.nanoTicker = nanoTicker;
        this.rest = rest;
        this.share = share;
        this.ends = ends;
        this.since = nanoTicker.getAsLong();
    }

    /// A pace that parks its thread.
    public static SharePace parking(LongSupplier nanoTicker, double share, BooleanSupplier ends) {
        return new SharePace(nanoTicker, LockSupport::parkNanos, share, ends);
    }

    @Override
    public void worked() throws IOException {
        if (ends.getAsBoolean()) {
            throw new IOException("the compaction was given up: the node stops");
        }
        long worked = nanoTicker.getAsLong() - since;
        if (share < 1 && worked >= SLICE_NANOS) {
            rest.accept((long) (worked * (1 - share) / share));
            since = nanoTicker.getAsLong();
        }
    }
}
