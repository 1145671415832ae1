package io.tsdb.cluster.raft;

import io.tsdb.storage.log.NodeLog;

import org.apache.ratis.protocol.exceptions.RaftException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Barriers of this node's replicas: how far a log is committed, as its leader says, and then the
/// wait until this replica has come there; again and again, for some seconds. Any thread.
///
/// Source: the read index of Ongaro, "Consensus: bridging theory and practice" (2014), 6.4. Ratis
/// asks for it by a call for each log; here one question to each leader is about all of its logs
/// ([CommitIndexes], `PERFORMANCE.md`).
final class Barriers {
    private static final long AGAIN_MILLIS = 50;
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final RaftNodeLog node;
    private final OwnReplicas own;
    private final Leaders leading;
    private final CommitIndexes commits;

    Barriers(RaftNodeLog node, OwnReplicas own, Leaders leading, CommitIndexes commits) {
        this.node = node;
        this.own = own;
        this.leading = leading;
        this.commits = commits;
    }

    /// Done when this node's replica has delivered everything that was committed before the call.
    CompletableFuture<Void> passed(int log) {
        var done = new CompletableFuture<Void>();
        attempt(Map.of(log, done), node.nanoTime() + NANOS_MAX);
        return done;
    }

    /// The same of several, by log.
    ///
    /// @return the caller's own
    Map<Integer, CompletableFuture<Void>> passed(Collection<Integer> logs) {
        var all = new HashMap<Integer, CompletableFuture<Void>>();
        logs.forEach(log -> all.put(log, new CompletableFuture<>()));
        attempt(all, node.nanoTime() + NANOS_MAX);
        return all;
    }

    private void attempt(Map<Integer, CompletableFuture<Void>> logs, long deadline) {
        boolean asksLeaders = node.asksLeaders();
        var led = new HashMap<String, List<Integer>>();
        logs.forEach(
                (log, done) -> {
                    String leader = asksLeaders ? leading.of(log) : null;
                    if (leader != null) {
                        led.computeIfAbsent(leader, _ -> new ArrayList<>()).add(log);
                    } else if (asksLeaders) {
                        failed(log, deadline, done, new IOException("nobody leads it"));
                    } else {
                        own.readIndex(log)
                                .whenComplete((_, failure) -> ended(log, deadline, done, failure));
                    }
                });
        led.forEach(
                (leader, theirs) ->
                        commits.of(leader, theirs)
                                .forEach(
                                        (log, index) ->
                                                reach(
                                                        log,
                                                        index,
                                                        deadline,
                                                        Objects.requireNonNull(logs.get(log)))));
    }

    private void reach(
            int log, CompletableFuture<Long> index, long deadline, CompletableFuture<Void> done) {
        index.thenCompose(
                        entry ->
                                node.shard(log)
                                        .progress()
                                        .reaches(entry, deadline - node.nanoTime()))
                .whenComplete((_, failure) -> ended(log, deadline, done, failure));
    }

    private void ended(
            int log, long deadline, CompletableFuture<Void> done, @Nullable Throwable failure) {
        if (failure == null) {
            done.complete(null);
        } else {
            failed(log, deadline, done, failure);
        }
    }

    private void failed(int log, long deadline, CompletableFuture<Void> done, Throwable failure) {
        if (node.isClosing() || node.nanoTime() - deadline > 0) {
            done.completeExceptionally(
                    new IOException(
                            NodeLog.label(log) + " has no majority: " + reason(failure), failure));
        } else {
            node.later(() -> attempt(Map.of(log, done), deadline), AGAIN_MILLIS);
        }
    }

    private static @Nullable String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return switch (cause) {
            case TimeoutException _ -> "no answer in time";
            // whose words are whole messages between members
            case RaftException _ ->
                    "nobody says how far it is committed ("
                            + cause.getClass().getSimpleName()
                            + ")";
            default -> cause.getMessage();
        };
    }
}
