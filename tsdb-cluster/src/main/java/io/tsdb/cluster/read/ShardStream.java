package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.CountsForm;
import io.tsdb.query.wire.WireException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/// One shard's answer to a fragment, from whichever replica answers first. The next replica is
/// asked when one fails, and when one lets wait longer than usual; the others are told to stop once
/// one has answered.
///
/// An answer that breaks off after some of it was taken cannot be gone on with elsewhere: it fails,
/// and the query may begin anew.
final class ShardStream {
    private final ClusterResults results;
    private final int shard;
    private final ArrayDeque<Member> candidates;

    /// What follows is guarded by this.
    private final List<Attempt> open = new ArrayList<>();

    private final List<String> reasons = new ArrayList<>();
    private final ArrayDeque<byte[]> ready = new ArrayDeque<>();
    private @Nullable Attempt winner;
    private @Nullable QueryException worst;
    private @Nullable RuntimeException failure;
    private long readyBytes;
    private boolean isTaken;
    private boolean isEnded;
    private boolean isClosed;

    /// @param candidates replicas, in the order in which they are asked
    ShardStream(ClusterResults results, int shard, List<Member> candidates) {
        this.results = results;
        this.shard = shard;
        this.candidates = new ArrayDeque<>(candidates);
    }

    void start() {
        askNext();
    }

    /// Asks the next replica, if there is one.
    ///
    /// @return whether there was
    private boolean askNext() {
        Attempt attempt;
        synchronized (this) {
            Member member = isClosed || winner != null ? null : candidates.poll();
            if (member == null) {
                return false;
            }
            attempt = new Attempt(member);
            open.add(attempt);
        }
        attempt.begin();
        return true;
    }

    /// One replica lets wait: another one is asked as well.
    private void hedge() {
        if (askNext()) {
            results.hedged();
        }
    }

    private String where(Member member) {
        return "shard " + shard + " at " + member.data();
    }

    /// One replica that was asked.
    private final class Attempt implements FragmentAnswers {
        private final Member member;
        private final long sinceNanos = results.nanoTime();

        /// Guarded by the stream.
        private @Nullable FragmentCall call;

        private final List<Future<?>> looks = new ArrayList<>();
        private boolean hasBegun;
        private boolean isOver;

        Attempt(Member member) {
            this.member = member;
        }

        void begin() {
            FragmentCall begun = results.ask(member, shard, this);
            boolean unwanted;
            synchronized (ShardStream.this) {
                call = begun;
                unwanted = isOver;
                if (!unwanted) {
                    looks.add(results.later(this::lookAfterBegin, results.beginPatience()));
                    looks.add(results.later(this::lookAfterAnswer, results.answerPatience()));
                }
            }
            if (unwanted) {
                begun.cancel();
            }
        }

        /// Under the stream's lock.
        private void over() {
            isOver = true;
            looks.forEach(look -> look.cancel(false));
            looks.clear();
        }

        private void lookAfterBegin() {
            synchronized (ShardStream.this) {
                if (hasBegun || isOver || winner != null) {
                    return;
                }
            }
            hedge();
        }

        private void lookAfterAnswer() {
            synchronized (ShardStream.this) {
                if (isOver || winner != null) {
                    return;
                }
            }
            hedge();
        }

        /// Under the stream's lock.
        private void stop() {
            over();
            FragmentCall begun = call;
            if (begun != null) {
                begun.cancel();
            }
        }

        @Override
        public void begun() {
            synchronized (ShardStream.this) {
                hasBegun = true;
            }
            results.began(results.nanoTime() - sinceNanos);
        }

        /// Under the stream's lock.
        private boolean wins() {
            if (winner == null && !isOver) {
                winner = this;
                results.answered(results.nanoTime() - sinceNanos);
                for (Attempt other : open) {
                    if (other != this) {
                        other.stop();
                    }
                }
                open.clear();
            }
            return winner == this && !isOver;
        }

        @Override
        public void batch(byte[] bytes) {
            synchronized (ShardStream.this) {
                if (!wins()) {
                    return;
                }
                if (readyBytes >= results.windowBytes()) {
                    stop();
                    fail(broken(member, "sent more than it may"));
                } else {
                    ready.add(bytes);
                    readyBytes += bytes.length;
                }
            }
            results.signal();
        }

        @Override
        public void ended(byte[] profile) {
            synchronized (ShardStream.this) {
                if (!wins()) {
                    return;
                }
                over();
                isEnded = true;
                try {
                    if (profile.length > 0) {
                        results.profiled(where(member), ScanCounts.of(CountsForm.read(profile)));
                    }
                } catch (WireException | IllegalArgumentException e) {
                    fail(broken(member, String.valueOf(e.getMessage())));
                }
            }
            results.signal();
        }

        @Override
        public void refused(byte[] reason) {
            ShardRefusal refusal = ShardRefusal.read(reason);
            lost(
                    refusal.code() + ": " + refusal.text(),
                    refusal.toException(where(member)),
                    !refusal.isOfThatReplica());
        }

        @Override
        public void failed(IOException cause) {
            String text = String.valueOf(cause.getMessage());
            lost(text, broken(member, text), false);
            FragmentCall begun;
            synchronized (ShardStream.this) {
                begun = call;
            }
            if (begun != null) {
                begun.cancel(); // it may go on there
            }
        }

        /// This replica does not answer to the end.
        ///
        /// @param isFinal no other one would do better
        private void lost(String reason, QueryException cause, boolean isFinal) {
            boolean asksNext;
            synchronized (ShardStream.this) {
                if (isOver || isClosed) {
                    return;
                }
                over();
                open.remove(this);
                reasons.add(member.data() + ": " + reason);
                if (worst == null || worst.code() == QueryErrorCode.UNAVAILABLE) {
                    worst = cause;
                }
                if (winner == this) {
                    if (isTaken) {
                        fail(isFinal ? cause : broken(member, "broke off: " + reason));
                    } else {
                        winner = null;
                        ready.clear();
                        readyBytes = 0;
                    }
                }
                if (isFinal && winner == null) {
                    fail(cause);
                }
                asksNext = failure == null && winner == null && open.isEmpty();
                if (asksNext && candidates.isEmpty()) {
                    asksNext = false;
                    fail(noAnswer());
                }
            }
            if (asksNext) {
                askNext();
            }
            results.signal();
        }
    }

    private QueryException broken(Member member, String what) {
        return new QueryException(
                QueryErrorCode.UNAVAILABLE, Position.NONE, where(member) + ": " + what);
    }

    /// Under the lock.
    private QueryException noAnswer() {
        QueryException told = worst;
        if (told != null && told.code() != QueryErrorCode.UNAVAILABLE) {
            return told;
        }
        return new QueryException(
                QueryErrorCode.UNAVAILABLE,
                Position.NONE,
                "shard "
                        + shard
                        + " has no answer"
                        + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons)));
    }

    /// Under the lock.
    private void fail(RuntimeException cause) {
        failure = cause;
        candidates.clear();
        open.forEach(Attempt::stop);
        open.clear();
    }

    /// The next batch that lies ready; null when there is none.
    ///
    /// @throws QueryException when the shard has no answer
    synchronized byte @Nullable [] take() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        byte[] next = ready.poll();
        if (next != null) {
            isTaken = true;
            readyBytes -= next.length;
        }
        return next;
    }

    /// Whether it has everything to say, or to take, now.
    synchronized boolean hasNews() {
        return !ready.isEmpty() || failure != null;
    }

    synchronized boolean isDone() {
        return isEnded && ready.isEmpty() && failure == null;
    }

    /// What was taken is used.
    void credit(long bytes) {
        FragmentCall goesOn;
        synchronized (this) {
            Attempt answering = winner;
            goesOn = answering == null || answering.isOver ? null : answering.call;
        }
        if (goesOn != null) {
            goesOn.credit(bytes);
        }
    }

    synchronized void close() {
        isClosed = true;
        candidates.clear();
        ready.clear();
        open.forEach(Attempt::stop);
        open.clear();
        Attempt answering = winner;
        if (answering != null && !answering.isOver) {
            answering.stop();
        }
    }
}
