package io.tsdb.storage.log;

import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Gives room on disk back that a log holds and does not need while little is written: the spare
/// segment, what lies unused behind the last record of a segment, and records that no shard needs
/// any more in the segment that is written to. While much is written it asks for a spare. Log
/// thread only.
///
/// Time is cut into windows. One that has a 16th of a segment is busy (64 MiB: 70 kB/s), one with
/// less than a 64th is quiet; between the two nothing changes, so that a steady rate does not fill
/// and delete spares by turns.
final class UnusedRoom {
    private static final Logger LOG = LoggerFactory.getLogger(UnusedRoom.class);
    private static final int BUSY_SHARE = 16;
    private static final int QUIET_SHARE = 64;
    private static final long UNUSED_BYTES_MIN = 64 << 10;

    private final LocalLog log;
    private final SegmentWriter writer;
    private final SegmentFiles files;
    private final Ticker ticker;
    private final long busyBytes;
    private final long quietBytes;
    private final long unusedMin;
    private final long windowNanos;

    private long windowStartNanos;
    private long windowBytes;

    /// Whether there is nothing to look for before the next write.
    private boolean settled;

    UnusedRoom(
            LocalLog log,
            SegmentWriter writer,
            SegmentFiles files,
            LogConfig config,
            Ticker ticker) {
        this.log = log;
        this.writer = writer;
        this.files = files;
        this.ticker = ticker;
        this.busyBytes = config.segmentBytes() / BUSY_SHARE;
        this.quietBytes = config.segmentBytes() / QUIET_SHARE;
        this.unusedMin = Math.min(UNUSED_BYTES_MIN, quietBytes);
        this.windowNanos = TimeUnit.MILLISECONDS.toNanos(config.quietMillis());
        this.windowStartNanos = ticker.nanos();
    }

    /// So many bytes of records went to the file.
    void wrote(long bytes) {
        if (settled) {
            settled = false;
            windowStartNanos = ticker.nanos();
        }
        windowBytes += bytes;
        if (windowBytes >= busyBytes) {
            files.wantSpare();
        }
    }

    /// How long the log may wait before the next [#giveBackWhenDue].
    long waitNanos() {
        return settled
                ? Long.MAX_VALUE
                : Math.max(1, windowNanos - (ticker.nanos() - windowStartNanos));
    }

    /// @throws IOException when no new segment can be opened: the log has failed then
    void giveBackWhenDue() throws IOException {
        if (settled || ticker.nanos() - windowStartNanos < windowNanos) {
            return;
        }
        boolean quiet = windowBytes < quietBytes;
        windowStartNanos = ticker.nanos();
        windowBytes = 0;
        if (quiet && writer.isSynced()) {
            leaveUnneeded();
            settled = cut() && writer.usedBytes() < unusedMin;
        }
    }

    /// The log ends: its last segment has no followers before the next start, which would give back
    /// what is behind its records.
    void end() {
        cut();
    }

    /// Goes on in a new segment where the active one holds records that nobody needs, or is one of
    /// an earlier run that has room behind its records: only one that is followed can go or be cut.
    private void leaveUnneeded() throws IOException {
        Segment active = writer.active();
        if (active.number() == 0) {
            return; // a log without a segment
        }
        boolean unneeded = active.isTrimmed() && writer.usedBytes() >= unusedMin;
        boolean hasTail =
                !writer.isOpen() && files.sizeBytes(active) - writer.usedBytes() >= unusedMin;
        if (unneeded || hasTail) {
            release(); // or the new segment would be the spare
            writer.next(log.states());
            log.segmentOpened(writer.active());
        }
    }

    /// @return whether all of it went well; what did not is tried again in the next window
    private boolean cut() {
        try {
            writer.cutTail(unusedMin);
            log.cutTails(unusedMin);
        } catch (IOException e) {
            LOG.warn("log: cannot give back unused room, tries again later: {}", e.toString());
            return false;
        }
        return release();
    }

    private boolean release() {
        try {
            files.releaseSpare();
            return true;
        } catch (IOException e) {
            LOG.warn("log: cannot delete the spare segment: {}", e.toString());
            return false;
        }
    }
}
