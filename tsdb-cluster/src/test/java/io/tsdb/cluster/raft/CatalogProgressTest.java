package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

@Timeout(60)
class CatalogProgressTest {
    private final CatalogProgress catalog = new CatalogProgress();

    /// Returns once the thread waits.
    private CompletableFuture<Void> waiting(long needed) {
        var done = new CompletableFuture<Void>();
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        catalog.await(needed);
                                        done.complete(null);
                                    } catch (IllegalStateException e) {
                                        done.completeExceptionally(e);
                                    }
                                });
        while (thread.getState() != Thread.State.WAITING && !done.isDone()) {
            Thread.onSpinWait();
        }
        return done;
    }

    @Test
    void letsAnEntryWaitForWhatItNeeds() {
        catalog.reached(3);
        catalog.await(3);
        CompletableFuture<Void> behind = waiting(5);
        catalog.reached(4);
        assertThat(behind).isNotDone();
        catalog.reached(5);
        behind.join();
    }

    /// What needs more than it will ever have must not wait for ever: the node could not stop.
    @Test
    void endsTheWaitWhenTheCatalogEnds() {
        CompletableFuture<Void> behind = waiting(5);
        catalog.end();
        assertThatThrownBy(behind::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("the catalog ended at its entry 0, an entry needs it at 5");
        catalog.reached(5);
        catalog.await(5);
    }
}
