package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What every [ShardLog] keeps, whoever stands behind it.
@Timeout(60)
public abstract class AbstractShardLogTest {
    /// A node's log that keeps what was committed when it is closed and opened again.
    protected abstract NodeLog open() throws Exception;

    /// What an applier was told, as text, in order.
    public static final class Applied implements ShardLog.Applier {
        public final List<String> told = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void apply(long index, LogEntry entry) {
            told.add("apply " + index + " " + Recorder.value(entry));
        }

        /// The commit of an append with a value.
        public ShardLog.Commit commit(long value, CountDownLatch done) {
            return new ShardLog.Commit() {
                @Override
                public void committed(long index) {
                    told.add("committed " + index + " " + value);
                    done.countDown();
                }

                @Override
                public void failed(Exception cause) {
                    told.add("failed " + value);
                    done.countDown();
                }
            };
        }

        public List<Long> indexes() {
            return told.stream()
                    .filter(line -> line.startsWith("apply "))
                    .map(line -> Long.parseLong(line.split(" ")[1]))
                    .toList();
        }

        public List<Long> values() {
            return told.stream()
                    .filter(line -> line.startsWith("apply "))
                    .map(line -> Long.parseLong(line.split(" ")[2]))
                    .toList();
        }
    }

    protected NodeLog started(long appliedIndex, Applied applied) throws Exception {
        NodeLog log = open();
        log.shard(0).start(appliedIndex, applied);
        log.shard(NodeLog.CATALOG).start(0, (_, _) -> {});
        log.recover();
        return log;
    }

    /// Appends until as many were taken, refused ones again.
    protected static void append(NodeLog log, Applied applied, long from, int count)
            throws Exception {
        var done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            while (!log.shard(0).append(Recorder.entry(from + i), applied.commit(from + i, done))) {
                Thread.onSpinWait();
            }
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void deliversEveryCommittedEntryInIndexOrderAfterItsCommit() throws Exception {
        var applied = new Applied();
        try (NodeLog log = started(0, applied)) {
            append(log, applied, 100, 50);
        }
        List<String> committed =
                applied.told.stream().filter(line -> line.startsWith("committed ")).toList();
        assertThat(applied.indexes()).isSorted().doesNotHaveDuplicates();
        for (String line : committed) {
            String entry = line.substring("committed ".length());
            int told = applied.told.indexOf(line);
            assertThat(applied.told.indexOf("apply " + entry)).as(line).isGreaterThan(told);
        }
        assertThat(applied.values()).containsAll(committed.stream().map(l -> value(l)).toList());
    }

    private static long value(String line) {
        return Long.parseLong(line.split(" ")[2]);
    }

    @Test
    void deliversWhatAFormerRunAppended() throws Exception {
        var before = new Applied();
        try (NodeLog log = started(0, before)) {
            append(log, before, 1, 20);
        }
        var after = new Applied();
        try (NodeLog log = started(0, after)) {
            assertThat(after.values()).startsWith(before.values().toArray(Long[]::new));
            assertThat(log.shard(0).lastIndex()).isEqualTo(after.indexes().getLast());
            append(log, after, 1000, 1);
        }
        assertThat(after.indexes())
                .isSorted()
                .doesNotHaveDuplicates()
                .startsWith(before.indexes().toArray(Long[]::new));
    }

    @Test
    void deliversNothingThatWasAppliedAlready() throws Exception {
        var before = new Applied();
        try (NodeLog log = started(0, before)) {
            append(log, before, 1, 20);
        }
        long applied = before.indexes().get(11);
        long next = before.indexes().get(12);
        var after = new Applied();
        started(applied, after).close();
        assertThat(after.indexes()).startsWith(next);
    }

    /// A part may hold what the log lost, with async durability.
    @Test
    protected void goesOnBehindTheAppliedIndex() throws Exception {
        var before = new Applied();
        try (NodeLog log = started(0, before)) {
            append(log, before, 1, 3);
        }
        long beyond = before.indexes().getLast() + 40;
        var after = new Applied();
        try (NodeLog log = started(beyond, after)) {
            append(log, after, 1, 5);
        }
        assertThat(after.indexes().getFirst()).isGreaterThan(beyond);
    }

    /// Each entry is seen once, and none is lost, whatever happens between.
    @Test
    protected void keepsItsOrderThroughTrimsAndRestarts() throws Exception {
        long seed = Long.getLong("tsdb.seed", 7);
        var random = new Random(seed);
        var all = new ArrayList<Long>();
        long appliedIndex = 0;
        long next = 1;
        for (int run = 0; run < 6; run++) {
            var applied = new Applied();
            try (NodeLog log = started(appliedIndex, applied)) {
                int count = 1 + random.nextInt(30);
                append(log, applied, next, count);
                next += count;
                if (random.nextBoolean()) {
                    log.shard(0).trimTo(log.shard(0).lastIndex() - count / 2);
                }
            }
            if (!applied.indexes().isEmpty()) {
                assertThat(applied.indexes().getFirst()).isGreaterThan(appliedIndex);
                appliedIndex = applied.indexes().getLast();
            }
            all.addAll(applied.values());
        }
        assertThat(all).as("seed %d", seed).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void isStartedOnceAndBeforeItRecovers() throws Exception {
        try (NodeLog log = open()) {
            log.shard(0).start(0, (_, _) -> {});
            assertThatThrownBy(() -> log.shard(0).start(0, (_, _) -> {}))
                    .isInstanceOf(IllegalStateException.class);
            log.recover();
            assertThatThrownBy(() -> log.shard(1).start(0, (_, _) -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(log::recover).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void takesNothingOnceClosed() throws Exception {
        var applied = new Applied();
        NodeLog log = started(0, applied);
        append(log, applied, 1, 1);
        log.close();
        assertThat(log.shard(0).append(Recorder.entry(2), applied.commit(2, new CountDownLatch(1))))
                .isFalse();
    }
}
