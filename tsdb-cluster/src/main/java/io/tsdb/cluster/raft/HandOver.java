package io.tsdb.cluster.raft;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Gives up the lead of every log that a node leads, before it goes: an election that is asked for
/// takes some milliseconds, one that begins with a silent leader seconds. All logs at once; of each
/// the members are asked one after the other, who has most of it first. Any thread.
///
/// Nothing keeps the lead away for good: [LeaderBalance] gives it back to a node that stays.
public final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private HandOver() {}

    /// What it needs of the replicas of this node.
    interface Lead {
        /// Whether this node leads a log.
        boolean isLeader(int log);

        /// The members that answer and keep the log, who has most of it first.
        List<String> followers(int log);

        /// Has a member elected.
        CompletableFuture<Void> transfer(int log, String member, Duration longest);
    }

    /// What became of a log that this node led.
    ///
    /// @param member who leads it now; empty when nobody took it
    public record Outcome(int log, Optional<String> member) {
        /// The number of the shard, or `catalog`.
        public String name() {
            return ReplicaState.name(log);
        }
    }

    /// @param logs those with a replica here
    /// @param longest how long all of it may take; what is not done by then counts as not taken
    static List<Outcome> run(Collection<Integer> logs, Lead lead, Duration longest) {
        List<Led> led =
                logs.stream()
                        .filter(lead::isLeader)
                        .map(log -> new Led(log, taken(log, lead.followers(log), lead, longest)))
                        .toList();
        return led.stream().map(Led::outcome).toList();
    }

    private record Led(int log, CompletableFuture<Optional<String>> taken) {
        Outcome outcome() {
            Optional<String> member = taken.join();
            LOG.info(
                    "log {}: {}",
                    ReplicaState.name(log),
                    member.map(taker -> "handed over to " + taker)
                            .orElse("nobody took the lead, so there will be an election"));
            return new Outcome(log, member);
        }
    }

    /// @return who took it; never fails
    private static CompletableFuture<Optional<String>> taken(
            int log, List<String> followers, Lead lead, Duration longest) {
        CompletableFuture<Optional<String>> taken =
                CompletableFuture.completedFuture(Optional.empty());
        for (String follower : followers) {
            taken =
                    taken.thenCompose(
                            already ->
                                    already.isPresent()
                                            ? CompletableFuture.completedFuture(already)
                                            : attempt(log, follower, lead, longest));
        }
        return taken.completeOnTimeout(Optional.empty(), longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static CompletableFuture<Optional<String>> attempt(
            int log, String follower, Lead lead, Duration longest) {
        return lead.transfer(log, follower, longest)
                .thenApply(_ -> Optional.of(follower))
                .exceptionally(
                        e -> {
                            LOG.info(
                                    "log {}: {} did not take the lead: {}",
                                    ReplicaState.name(log),
                                    follower,
                                    e.getMessage());
                            return Optional.empty();
                        });
    }
}
