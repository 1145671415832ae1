package io.tsdb.storage.compaction;

import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// Lets its thread work for a share of the time, in slices so short that nobody who wants the core
/// waits long. One thread.
public final class SharePace implements Pace {
    private static final long SLICE_NANOS = 2_000_000;

    private final Ticker ticker;
    private final LongConsumer rest;
    private final double share;
    private final BooleanSupplier ends;
    private long since;

    /// @param rest lets so many nanoseconds pass
    /// @param share above 0 to 1; 1 never rests
    /// @param ends whether the work is to be given up
    public SharePace(Ticker ticker, LongConsumer rest, double share, BooleanSupplier ends) {
        this.ticker = ticker;
        this.rest = rest;
        this.share = share;
        this.ends = ends;
        this.since = ticker.nanos();
    }

    /// A pace that parks its thread.
    public static SharePace parking(Ticker ticker, double share, BooleanSupplier ends) {
        return new SharePace(ticker, LockSupport::parkNanos, share, ends);
    }

    @Override
    public void worked() throws IOException {
        if (ends.getAsBoolean()) {
            throw new IOException("the compaction was given up: the node stops");
        }
        long worked = ticker.nanos() - since;
        if (share < 1 && worked >= SLICE_NANOS) {
            rest.accept((long) (worked * (1 - share) / share));
            since = ticker.nanos();
        }
    }
}
