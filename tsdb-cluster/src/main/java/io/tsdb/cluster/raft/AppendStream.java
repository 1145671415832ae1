package io.tsdb.cluster.raft;

import io.tsdb.storage.log.EntryBytes;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.log.ShardLog;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/// The appends of this node to one log, on their way to whoever leads it: in their order, many
/// under way at once, and all of them again when one did not get through. What comes twice, or too
/// early, is known by its sequence where it is delivered ([Origins]).
///
/// Entries are sent under this object's monitor, and Ratis may wait for a lock of its own
/// meanwhile. So what comes from Ratis (answers, deliveries, the end of a replica), whose threads
/// may hold that lock, takes no monitor.
final class AppendStream {
    /// How long an append is tried: longer than any election takes.
    static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(15);

    /// How long a member may be silent that this node keeps no replica beside, and so hears nothing
    /// else of; twice as long each time, as far as that goes, since all may be slow.
    private static final long SILENCE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final int SILENCE_DOUBLINGS_MAX = 2;

    private static final long WAIT_MILLIS_MIN = 10;
    private static final long WAIT_MILLIS_MAX = 200;

    /// What a stream needs of its node.
    interface Link {
        /// Whom this node takes for the leader; null when it knows of none.
        @Nullable String leader();

        /// Appends `bytes[0, length)` at a member.
        CompletableFuture<AppendOutcome> append(String member, byte[] bytes, int length);

        /// Whether what is delivered is told by this node's replica, and not by the answers alone.
        boolean isDeliveredHere();

        /// Nothing gets through at a member that was taken for the leader.
        void doubt(String member);

        void later(Runnable work, long millis);

        long nanoTime();

        /// A number that this process drew.
        long origin();

        /// An append waits no more.
        void settled(int bytes);
    }

    private final int log;
    private final Link link;

    /// What is not delivered, by sequence.
    private final ConcurrentSkipListMap<Long, PendingAppend> pending =
            new ConcurrentSkipListMap<>();

    /// What follows is guarded by this.
    private long sequence;

    /// Counts the leaders that all of it was sent to.
    private int round;

    /// The last round of which it was told that something failed.
    private volatile int toldRound = -1;

    private @Nullable String target;

    /// Whether a new round waits, and nothing is sent before.
    private boolean stalled;

    /// Set back to nothing by who holds no monitor, as what follows: a step that is lost in between
    /// makes one wait longer, or shorter.
    private volatile int failedRounds;

    /// When an entry got through last, or all were sent again.
    private volatile long progressNanos;

    /// How often a member was given up since.
    private volatile int silences;

    /// Set once, before what is pending is failed.
    private volatile @Nullable String end;

    AppendStream(int log, Link link) {
        this.log = log;
        this.link = link;
        this.progressNanos = link.nanoTime();
    }

    /// Takes an entry and sends it when it can.
    ///
    /// @param entry null when what is delivered is to be decoded, or is none for the applier
    /// @param encoded of the entry, behind room for the header
    /// @param isForwarded whether the leader's answer settles it: nothing waits for it here
    void append(
            @Nullable LogEntry entry,
            EntryBytes.Encoded encoded,
            ShardLog.Commit commit,
            boolean isForwarded) {
        String ended;
        synchronized (this) {
            ended = end;
            if (ended == null) {
                var append =
                        new PendingAppend(
                                ++sequence,
                                entry,
                                encoded.array(),
                                encoded.length(),
                                commit,
                                isForwarded,
                                link.nanoTime());
                pending.put(append.sequence(), append);
                if (!stalled && target == null) {
                    target = link.leader();
                }
                String leader = target;
                if (leader == null) {
                    stall();
                } else if (!stalled) {
                    send(append, append.first(link.origin(), floor(append)), leader);
                }
            }
        }
        if (ended != null) {
            link.settled(encoded.length());
            commit.failed(new IOException(NodeLog.label(log) + " has ended here: " + ended));
        } else if (end != null) { // meanwhile: whoever ended it may not have seen this one
            failAll(NodeLog.label(log) + " has ended here: " + end);
        }
    }

    private long floor(PendingAppend append) {
        Map.Entry<Long, PendingAppend> oldest = pending.firstEntry();
        return oldest == null ? append.sequence() : Math.min(oldest.getKey(), append.sequence());
    }

    /// Under the lock, so that what is sent is in order.
    private void send(PendingAppend append, byte[] bytes, String leader) {
        int sent = round;
        CompletableFuture<AppendOutcome> answer = link.append(leader, bytes, append.length());
        if (answer.isCompletedExceptionally()) {
            failed(sent, leader);
            return;
        }
        answer.whenComplete(
                (outcome, failure) -> {
                    if (failure != null) {
                        tellFailed(sent, leader);
                    } else if (append.isForwarded()) {
                        answered(append, outcome, sent);
                    }
                });
    }

    /// What a replica here would have told.
    private void answered(PendingAppend append, AppendOutcome outcome, int sentRound) {
        if (outcome == AppendOutcome.EARLY) {
            link.later(() -> early(sentRound), 0);
            return;
        }
        progressed();
        PendingAppend settled = delivered(append.sequence());
        if (settled != null) {
            settled.commit().committed(0);
        }
    }

    /// What was sent before the last round says nothing about it.
    private synchronized void early(int sentRound) {
        if (sentRound == round) {
            stall();
        }
    }

    /// On another thread; once a round, in which thousands may be under way.
    private void tellFailed(int sentRound, String leader) {
        if (sentRound != toldRound) {
            toldRound = sentRound;
            link.later(() -> failed(sentRound, leader), 0);
        }
    }

    private synchronized void failed(int sentRound, String leader) {
        if (sentRound == round) {
            if (!stalled) {
                link.doubt(leader);
            }
            stall();
        }
    }

    /// Has everything sent again soon. Under the lock.
    private void stall() {
        if (!stalled && end == null) {
            stalled = true;
            int failures = failedRounds;
            failedRounds = failures + 1;
            long wait = WAIT_MILLIS_MIN << Math.min(failures, 5);
            link.later(this::sendAll, Math.min(wait, WAIT_MILLIS_MAX));
        }
    }

    private synchronized void sendAll() {
        if (!stalled || end != null) {
            return;
        }
        stalled = false;
        round++;
        progressNanos = link.nanoTime();
        String leader = link.leader();
        target = leader;
        if (pending.isEmpty()) {
            return;
        }
        if (leader == null) {
            stall();
            return;
        }
        for (PendingAppend append : pending.values()) {
            if (!stalled) { // the first one has not failed at once
                send(append, append.again(link.origin(), floor(append)), leader);
            }
        }
    }

    /// The entry of an append is there.
    ///
    /// @return null when the append was given up
    @Nullable PendingAppend delivered(long delivered) {
        PendingAppend append = pending.remove(delivered);
        if (append != null) {
            link.settled(append.length());
        }
        return append;
    }

    /// Some entry of this stream got through.
    void progressed() {
        failedRounds = 0;
        silences = 0;
        progressNanos = link.nanoTime();
    }

    /// An entry came before one that must come first, which did not get through.
    void early() {
        link.later(
                () -> {
                    synchronized (this) {
                        stall();
                    }
                },
                0);
    }

    /// Sends all to the member that leads now, when it was sent to another one; gives up what is
    /// too old. Now and then.
    void watch(@Nullable String leader) {
        long now = link.nanoTime();
        for (PendingAppend append : pending.values()) {
            if (now - append.sinceNanos() > NANOS_MAX) {
                fail(append, new IOException(tooOld(leader)));
            }
        }
        synchronized (this) {
            if (pending.isEmpty()) {
                progressNanos = now;
            } else if (leader != null && !leader.equals(target)) {
                stall();
            } else if (leader != null
                    && !link.isDeliveredHere()
                    && now - progressNanos > SILENCE_NANOS_MIN << silences) {
                silences = Math.min(silences + 1, SILENCE_DOUBLINGS_MAX);
                link.doubt(leader);
                stall();
            }
        }
    }

    private String tooOld(@Nullable String leader) {
        return NodeLog.label(log)
                + " did not commit an entry within "
                + TimeUnit.NANOSECONDS.toSeconds(NANOS_MAX)
                + " s ("
                + (leader == null ? "no leader is known" : leader + " leads")
                + ")";
    }

    private void fail(PendingAppend append, Exception cause) {
        PendingAppend removed = delivered(append.sequence());
        if (removed != null) {
            removed.commit().failed(cause);
        }
    }

    boolean isIdle() {
        return pending.isEmpty();
    }

    /// Whether nothing waits for what is delivered here.
    boolean isIdleHere() {
        return pending.values().stream().allMatch(PendingAppend::isForwarded);
    }

    /// Nothing is sent any more, and whoever waits is told.
    void end(String reason) {
        end = reason;
        failAll(reason);
    }

    private void failAll(String reason) {
        for (PendingAppend append : pending.values()) {
            fail(append, new IOException(reason));
        }
    }
}
