package io.tsdb.cluster.raft;

import io.tsdb.storage.log.NodeLog;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Asks leaders up to where their logs are committed: one question to a member about all of the
/// logs that somebody wants to know of. While it is under way those who come share the next one: an
/// answer serves whoever came before it was asked for. Any thread.
final class CommitIndexes {
    /// Of a leader that does not answer: meanwhile another one may be elected.
    private static final long ANSWER_MILLIS_MAX = 1_000;

    /// Asks a member.
    @FunctionalInterface
    interface Ask {
        /// See [LeaderPort#committed].
        CompletableFuture<long[]> committed(String member, int[] logs);
    }

    private final Ask ask;
    private final Map<String, OneMember> members = new ConcurrentHashMap<>();

    CommitIndexes(Ask ask) {
        this.ask = ask;
    }

    /// Entries up to which logs were committed at some time after the call, by log.
    ///
    /// @param leader who leads all of them, as far as this node knows; fails when it does not
    Map<Integer, CompletableFuture<Long>> of(String leader, Collection<Integer> logs) {
        return members.computeIfAbsent(leader, OneMember::new).of(logs);
    }

    /// Futures of those who share a question, by log.
    private static final class Round {
        private final Map<Integer, CompletableFuture<Long>> logs = new TreeMap<>();

        Map<Integer, CompletableFuture<Long>> join(Collection<Integer> wanted) {
            var joined = new HashMap<Integer, CompletableFuture<Long>>();
            for (int log : wanted) {
                joined.put(log, logs.computeIfAbsent(log, _ -> new CompletableFuture<>()));
            }
            return joined;
        }
    }

    private final class OneMember {
        private final String member;

        /// Guarded by this, as `next` is.
        private @Nullable Round asked;

        private @Nullable Round next;

        OneMember(String member) {
            this.member = member;
        }

        Map<Integer, CompletableFuture<Long>> of(Collection<Integer> logs) {
            Round mine;
            Map<Integer, CompletableFuture<Long>> joined;
            synchronized (this) {
                if (asked != null) {
                    next = next == null ? new Round() : next;
                    return next.join(logs);
                }
                mine = new Round();
                asked = mine;
                joined = mine.join(logs);
            }
            begin(mine);
            return joined;
        }

        private void begin(Round round) {
            int[] logs = round.logs.keySet().stream().mapToInt(Integer::intValue).toArray();
            answer(logs)
                    .orTimeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                    .whenComplete(
                            (indexes, failure) -> {
                                goOn();
                                if (failure == null) {
                                    complete(round, logs, indexes);
                                } else {
                                    round.logs
                                            .values()
                                            .forEach(one -> one.completeExceptionally(failure));
                                }
                            });
        }

        /// Whatever becomes of it: those who share the next question wait for its end.
        private CompletableFuture<long[]> answer(int[] logs) {
            try {
                return ask.committed(member, logs);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void goOn() {
            Round then;
            synchronized (this) {
                then = next;
                asked = then;
                next = null;
            }
            if (then != null) {
                begin(then);
            }
        }

        /// @param logs of the round, in its order
        private void complete(Round round, int[] logs, long[] indexes) {
            for (int i = 0; i < logs.length; i++) {
                CompletableFuture<Long> one = Objects.requireNonNull(round.logs.get(logs[i]));
                if (indexes[i] == LeaderPort.UNKNOWN) {
                    one.completeExceptionally(
                            new IOException(member + " does not lead " + NodeLog.label(logs[i])));
                } else {
                    one.complete(indexes[i]);
                }
            }
        }
    }
}
