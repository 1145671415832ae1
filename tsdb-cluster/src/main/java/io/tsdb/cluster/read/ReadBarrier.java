package io.tsdb.cluster.read;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Lets queries that come while one asks how far a log must be share the next asking: an answer
/// serves whoever came before it was asked for. Any thread.
final class ReadBarrier {
    private final Function<Integer, CompletableFuture<Void>> ask;
    private final Map<Integer, One> logs = new ConcurrentHashMap<>();

    /// @param ask done when a log is applied here up to what was acknowledged before
    ReadBarrier(Function<Integer, CompletableFuture<Void>> ask) {
        this.ask = ask;
    }

    /// Done when everything that was acknowledged before the call is applied here.
    CompletableFuture<Void> passed(int log) {
        return logs.computeIfAbsent(log, One::new).passed();
    }

    private final class One {
        private final int log;
        private @Nullable CompletableFuture<Void> asked;
        private @Nullable CompletableFuture<Void> next;

        One(int log) {
            this.log = log;
        }

        CompletableFuture<Void> passed() {
            CompletableFuture<Void> mine;
            synchronized (this) {
                if (asked != null) {
                    mine = next == null ? new CompletableFuture<>() : next;
                    next = mine;
                    return mine;
                }
                mine = new CompletableFuture<>();
                asked = mine;
            }
            begin(mine);
            return mine;
        }

        private void begin(CompletableFuture<Void> mine) {
            ask.apply(log)
                    .whenComplete(
                            (_, failure) -> {
                                CompletableFuture<Void> then;
                                synchronized (this) {
                                    then = next;
                                    asked = then;
                                    next = null;
                                }
                                if (then != null) {
                                    begin(then);
                                }
                                if (failure == null) {
                                    mine.complete(null);
                                } else {
                                    mine.completeExceptionally(failure);
                                }
                            });
        }
    }
}
