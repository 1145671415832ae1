package io.tsdb.cluster.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Barriers of this node's replicas: what is asked for again and again until a majority answers, or
/// for some seconds. Any thread.
final class Barriers {
    private static final long AGAIN_MILLIS = 50;
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final RaftNodeLog node;
    private final OwnReplicas own;

    Barriers(RaftNodeLog node, OwnReplicas own) {
        this.node = node;
        this.own = own;
    }

    /// Done when this node's replica has delivered everything that was committed before the call.
    CompletableFuture<Void> passed(int log) {
        var done = new CompletableFuture<Void>();
        attempt(log, node.nanoTime() + NANOS_MAX, done);
        return done;
    }

    private void attempt(int log, long deadline, CompletableFuture<Void> done) {
        if (done.isDone()) {
            return;
        }
        own.readIndex(log)
                .whenComplete(
                        (_, failure) -> {
                            if (failure == null) {
                                done.complete(null);
                            } else if (node.isClosing() || node.nanoTime() - deadline > 0) {
                                done.completeExceptionally(
                                        new IOException(
                                                "log "
                                                        + log
                                                        + " has no majority: "
                                                        + failure.getMessage(),
                                                failure));
                            } else {
                                node.later(() -> attempt(log, deadline, done), AGAIN_MILLIS);
                            }
                        });
    }
}
