package io.tsdb.query.budget;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What one operator of a query holds: reserved before it is allocated. One thread at a time.
///
/// Draws on the query in steps, so that small reservations cost an addition. Nothing need be given
/// back at the end: the query does that for all of its accounts.
public final class MemoryAccount {
    /// Work between two looks, where it grows with what is held: comparisons, entries moved.
    public static final int LOOK_STEPS = 1 << 16;

    private static final long STEP_BYTES_MIN = 1 << 10;
    private static final long STEP_BYTES_MAX = 1 << 18;
    private static final int STEP_SHARE = 4;

    private final @Nullable QueryMemory query;
    private final List<MemoryAccount> parts = new ArrayList<>(0);
    private long usedBytes;
    private long drawnBytes;

    MemoryAccount(@Nullable QueryMemory query) {
        this.query = query;
    }

    /// An account without a limit: for what is bounded otherwise.
    public static MemoryAccount unlimited() {
        return new MemoryAccount(null);
    }

    /// Another account of the same query.
    public MemoryAccount sibling() {
        return new MemoryAccount(query);
    }

    /// Another account of the same query, which ends when [#releaseAll] of this one is called: what
    /// it holds is given back then.
    public MemoryAccount part() {
        var part = new MemoryAccount(query);
        parts.add(part);
        return part;
    }

    private void end() {
        parts.forEach(MemoryAccount::end);
        parts.clear();
        if (query != null) {
            query.give(drawnBytes);
        }
        usedBytes = 0;
        drawnBytes = 0;
    }

    /// Takes that many bytes more; nothing is taken when it throws.
    ///
    /// @throws io.tsdb.query.sql.QueryException `limit_exceeded`, `memory_busy`, or because the
    ///   query was stopped while it waited
    public void reserve(long bytes) {
        long used = usedBytes + bytes;
        if (used > drawnBytes && query != null) {
            long step = Math.clamp(used / STEP_SHARE, STEP_BYTES_MIN, STEP_BYTES_MAX);
            long more = used - drawnBytes + step;
            query.take(more);
            drawnBytes += more;
        }
        usedBytes = used;
    }

    /// Looks whether the query was stopped: every [#LOOK_STEPS] of work on what is held.
    ///
    /// @throws io.tsdb.query.sql.QueryException `cancelled` or `timeout`
    public void look() {
        if (query != null) {
            query.look();
        }
    }

    /// Gives that many bytes back.
    public void release(long bytes) {
        usedBytes -= bytes;
        long spare = drawnBytes - usedBytes;
        if (query != null && spare > 2 * STEP_BYTES_MAX) {
            long back = spare - STEP_BYTES_MAX;
            drawnBytes -= back;
            query.give(back);
        }
    }

    /// Gives all bytes back, those of its parts too.
    public void releaseAll() {
        parts.forEach(MemoryAccount::end);
        parts.clear();
        release(usedBytes);
    }

    public long usedBytes() {
        return usedBytes;
    }
}
