package io.tsdb.storage.shard;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// Told once what became of a batch, on a thread of the shard or its log: hand over and return.
public interface WriteListener {
    /// The batch is durable and visible to every scan opened from now on.
    void applied();

    /// The batch may or may not be on disk; it must not be acknowledged.
    void failed(String reason);

    /// The batch is more than the log takes at once: nothing of it is there, and sending it again
    /// does not help.
    default void tooLarge(String reason) {
        failed(reason);
    }

    /// One that completes a future: when the batch is applied, or with an [IOException] that says
    /// why it was not.
    static WriteListener completing(CompletableFuture<Void> done) {
        return new WriteListener() {
            @Override
            public void applied() {
                done.complete(null);
            }

            @Override
            public void failed(String reason) {
                done.completeExceptionally(new IOException(reason));
            }
        };
    }
}
