package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class GroupCommitTest {
    private static final LogConfig CONFIG =
            new LogConfig(1 << 20, Durability.SYNC, 2000, 1 << 16, 1 << 16, 200, false);

    @TempDir Path directory;
    private FaultyFileStore io;

    @BeforeEach
    void createStore() {
        io = new FaultyFileStore(directory, 1);
    }

    private LocalLog open(LogConfig config) throws IOException {
        return Recorder.open(io, directory.resolve("wal"), config);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneSyncServesAllThatWait() throws Exception {
        int threads = 8;
        int each = 50;
        var release = new CountDownLatch(1);
        try (LocalLog log = open(CONFIG)) {
            Recorder.append(log.shard(0), Recorder.entry(0));
            int before = io.syncs();
            io.beforeSync(() -> await(release));
            var outcomes = new ArrayList<Recorder.Outcome>();
            var appenders = new ArrayList<Thread>();
            for (int t = 0; t < threads; t++) {
                int shard = t % 3;
                List<Recorder.Outcome> own = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    own.add(new Recorder.Outcome());
                }
                outcomes.addAll(own);
                appenders.add(
                        Thread.ofPlatform()
                                .start(
                                        () ->
                                                own.forEach(
                                                        o ->
                                                                log.shard(shard)
                                                                        .append(
                                                                                Recorder.entry(1),
                                                                                o))));
            }
            for (Thread appender : appenders) {
                appender.join();
            }
            assertThat(outcomes).noneMatch(Recorder.Outcome::isDone);
            release.countDown();
            for (Recorder.Outcome outcome : outcomes) {
                assertThat(outcome.await()).isPositive();
            }
            // the group that was held at its sync, and the one that gathered behind it
            assertThat(io.syncs() - before).isLessThanOrEqualTo(2);
            assertThat(log.statistics().appendCount()).isEqualTo(threads * each + 1);
            assertThat(log.statistics().groupCount()).isLessThanOrEqualTo(3);
            // one buffer has room there, of the many that were in use at once
            assertThat(log.statistics().idleBytes()).isBetween(1L, CONFIG.queueBytesMax() / 3);
        }
    }

    @Test
    void tellsCommitsInIndexOrder() throws Exception {
        var order = new ArrayList<Long>();
        var done = new CountDownLatch(500);
        try (LocalLog log = open(CONFIG)) {
            for (int i = 0; i < 500; i++) {
                var commit =
                        new ShardLog.Commit() {
                            @Override
                            public void committed(long index) {
                                order.add(index);
                                done.countDown();
                            }

                            @Override
                            public void failed(Exception cause) {
                                throw new AssertionError(cause);
                            }
                        };
                assertThat(log.shard(0).append(Recorder.entry(i), commit)).isTrue();
            }
            await(done);
        }
        assertThat(order).isSorted().hasSize(500).startsWith(1L).endsWith(500L);
    }

    @Test
    void refusesWhenItsQueueIsFullAndTakesAgainLater() throws Exception {
        var release = new CountDownLatch(1);
        try (LocalLog log = open(CONFIG)) {
            Recorder.append(log.shard(0), Recorder.entry(0));
            io.beforeSync(() -> await(release));
            var outcomes = new ArrayList<Recorder.Outcome>();
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                var outcome = new Recorder.Outcome();
                if (log.shard(0).append(Recorder.entry(i, 4000), outcome)) {
                    outcomes.add(outcome);
                } else {
                    refused++;
                }
            }
            assertThat(outcomes.size()).isBetween(10, 16);
            assertThat(refused).isEqualTo(100 - outcomes.size());
            assertThat(log.statistics().queuedBytes()).isLessThanOrEqualTo(1 << 16);
            release.countDown();
            for (Recorder.Outcome outcome : outcomes) {
                assertThat(outcome.await()).isPositive();
            }
            // room is given back behind the acknowledgements
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (log.statistics().queuedBytes() > 0) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            assertThat(Recorder.append(log.shard(0), Recorder.entry(7, 4000))).isPositive();
        }
    }

    @Test
    void takesAnEntryAboveTheQueueLimitWhenNothingElseWaits() throws Exception {
        try (LocalLog log = open(CONFIG)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1, 1 << 17))).isEqualTo(1);
        }
    }

    @Test
    void answersBeforeTheSyncWhenAsync() throws Exception {
        var config = new LogConfig(1 << 20, Durability.ASYNC, 0, 0, 1 << 20, 60_000, false);
        try (LocalLog log = open(config)) {
            Recorder.append(log.shard(0), Recorder.entry(0));
            int before = io.syncs(); // the new segment's header
            for (int i = 2; i < 50; i++) {
                assertThat(Recorder.append(log.shard(0), Recorder.entry(i))).isEqualTo(i);
            }
            assertThat(io.syncs()).isEqualTo(before);
            assertThat(log.shard(0).lastIndex()).isEqualTo(49);
        }
        assertThat(io.syncs()).isGreaterThan(1);
    }

    @Test
    void syncsAfterItsTimeWhenAsync() throws Exception {
        var config = new LogConfig(1 << 20, Durability.ASYNC, 0, 0, 1 << 20, 1, false);
        try (LocalLog log = open(config)) {
            Recorder.append(log.shard(0), Recorder.entry(0));
            var synced = new CountDownLatch(1);
            io.beforeSync(synced::countDown);
            Recorder.append(log.shard(0), Recorder.entry(1));
            await(synced);
        }
    }

    @Test
    void syncsWhatIsQueuedWhenItCloses() throws Exception {
        var outcome = new Recorder.Outcome();
        var config = new LogConfig(1 << 20, Durability.ASYNC, 0, 0, 1 << 20, 60_000, false);
        LocalLog log = open(config);
        assertThat(log.shard(0).append(Recorder.entry(5), outcome)).isTrue();
        log.close();
        assertThat(outcome.await()).isEqualTo(1);
        assertThat(log.shard(0).append(Recorder.entry(6), new Recorder.Outcome())).isFalse();
        io.powerLoss(directory.resolve("after"));
        var recorder = new Recorder();
        Recorder.open(
                        new LocalFileStore(),
                        directory.resolve("after").resolve("wal"),
                        config,
                        recorder)
                .close();
        assertThat(recorder.entries).containsExactly(new Recorder.Entry(0, 1, 5));
    }
}
