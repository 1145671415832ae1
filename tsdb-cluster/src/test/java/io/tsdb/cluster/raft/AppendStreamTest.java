package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.log.EntryBytes;
import io.tsdb.storage.log.ShardLog;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendStreamTest {
    private final List<CompletableFuture<AppendOutcome>> sent = new ArrayList<>();
    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /// What Ratis does on a thread of its own before the next append comes back.
    private Runnable meanwhile = () -> {};

    private boolean refuses;

    private final AppendStream stream =
            new AppendStream(
                    0,
                    new AppendStream.Link() {
                        @Override
                        public @Nullable String leader() {
                            return "a";
                        }

                        @Override
                        public CompletableFuture<AppendOutcome> append(
                                String member, byte[] bytes, int length) {
                            // it waits for a lock that this thread of Ratis holds
                            CompletableFuture.runAsync(meanwhile).join();
                            sent.add(
                                    refuses
                                            ? CompletableFuture.failedFuture(
                                                    new IOException("no leader"))
                                            : new CompletableFuture<>());
                            return sent.getLast();
                        }

                        @Override
                        public boolean isDeliveredHere() {
                            return true;
                        }

                        @Override
                        public void doubt(String member) {
                            told.add("doubt");
                        }

                        @Override
                        public void later(Runnable work, long millis) {
                            later.add(work);
                        }

                        @Override
                        public long nanoTime() {
                            return 0;
                        }

                        @Override
                        public long origin() {
                            return 1;
                        }

                        @Override
                        public void settled(int bytes) {
                            told.add("settled");
                        }
                    });

    private void append(boolean isForwarded) {
        byte[] bytes = new byte[EntryHeaderLayout.BYTES + 8];
        stream.append(
                null,
                new EntryBytes.Encoded(bytes, bytes.length),
                new ShardLog.Commit() {
                    @Override
                    public void committed(long index) {
                        told.add("committed");
                    }

                    @Override
                    public void failed(Exception cause) {
                        told.add("failed: " + cause.getMessage());
                    }
                },
                isForwarded);
    }

    private void runLater() {
        for (Runnable work = later.poll(); work != null; work = later.poll()) {
            work.run();
        }
    }

    /// A leader that steps down fails what is under way under the lock that the next append waits
    /// for.
    @Test
    void anAppendThatFailsHoldsUpNoOtherOne() {
        append(false);
        meanwhile = () -> sent.getFirst().completeExceptionally(new IOException("not leader"));
        append(false);
        assertThat(sent).hasSize(2);
        meanwhile = () -> {};
        runLater();
        assertThat(sent).as("both were sent again").hasSize(4);
        assertThat(told).containsExactly("doubt");
    }

    /// All that is under way fails with its connection: it is told once, and sent again once.
    @Test
    void aRoundFailsOnce() {
        for (int i = 0; i < 1_000; i++) {
            append(false);
        }
        List.copyOf(sent).forEach(one -> one.completeExceptionally(new IOException("gone")));
        assertThat(later).hasSize(1);
        runLater();
        assertThat(sent).hasSize(2_000);
        sent.get(500).completeExceptionally(new IOException("of the round before"));
        sent.get(1_500).completeExceptionally(new IOException("gone again"));
        assertThat(later).hasSize(1);
    }

    /// Nothing more is sent to a member that refuses the first one at once.
    @Test
    void nothingFollowsWhatIsRefusedAtOnce() {
        append(false);
        append(false);
        sent.getLast().completeExceptionally(new IOException("gone"));
        refuses = true;
        later.remove().run(); // it failed
        later.remove().run(); // sent again
        assertThat(sent).hasSize(3);
    }

    @Test
    void anAppendThatGetsThroughHoldsUpNoOtherOne() {
        append(true);
        meanwhile =
                () -> {
                    stream.progressed();
                    sent.getFirst().complete(AppendOutcome.DELIVERED);
                };
        append(true);
        assertThat(told).containsExactly("settled", "committed");
    }

    /// Neither whoever ended it nor the append leaves it waiting.
    @Test
    void aReplicaThatEndsMeanwhileFailsTheAppend() {
        meanwhile = () -> stream.end("its disk is gone");
        append(false);
        assertThat(told).hasSize(2).contains("settled").anyMatch(x -> x.contains("disk is gone"));
        assertThat(stream.isIdle()).isTrue();
        meanwhile = () -> {};
        append(false);
        assertThat(told).hasSize(4);
        assertThat(sent).hasSize(1);
    }
}
