package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.log.LogEntry;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CompletableFuture;

class WriterQueueTest {
    private static final LogEntry ENTRY = new LogEntry.Flush(1);

    private final WriterQueue queue = new WriterQueue(true);

    private void apply() throws InterruptedException {
        assertThat(queue.take(1)).isInstanceOf(WriterQueue.Step.Apply.class);
        queue.applied();
    }

    @Test
    void whatIsAppliedIsReachedWithoutTheWriter() throws InterruptedException {
        assertThat(queue.reached()).isCompleted();
        queue.deliver(1, ENTRY);
        apply();
        assertThat(queue.reached()).isCompleted();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void whatWaitsOrIsBeingAppliedIsNotReached() throws InterruptedException {
        queue.deliver(1, ENTRY);
        CompletableFuture<Void> whileItWaits = queue.reached();
        assertThat(queue.take(1)).isInstanceOf(WriterQueue.Step.Apply.class);
        CompletableFuture<Void> whileItIsApplied = queue.reached();
        assertThat(whileItWaits).isNotDone();
        assertThat(whileItIsApplied).isNotDone();
        queue.applied();
        for (CompletableFuture<Void> asked : List.of(whileItWaits, whileItIsApplied)) {
            assertThat(queue.take(1)).isEqualTo(new WriterQueue.Step.Reached(asked));
        }
    }

    @Test
    void whatAWriterThatEndedHadAppliedIsNotToldAsReached() throws InterruptedException {
        queue.deliver(1, ENTRY);
        apply();
        queue.fail(new IllegalStateException("stopped"));
        assertThat(queue.reached()).isCompletedExceptionally();
    }

    @Test
    void wakesAWriterThatHasNothingToDo() throws InterruptedException {
        assertThat(queue.take(1)).isNull();
        queue.wake();
        assertThat(queue.take(60_000)).isInstanceOf(WriterQueue.Step.Reached.class);
    }
}
