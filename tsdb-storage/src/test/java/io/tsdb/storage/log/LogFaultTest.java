package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.Ticker;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Whether every entry that was reported durable is there after a fault, and nothing that was never
/// sent.
class LogFaultTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20260729);
    private static final int ENTRY_COUNT = 24;
    private static final LogConfig CONFIG = Segments.GROWING.config();

    /// Where a log has its blocks from.
    private enum Segments {
        /// Files that grow.
        GROWING,
        /// Files that are filled beforehand and used again.
        PREALLOCATED,
        /// Files that are filled beforehand, and given back after each entry that is small: every
        /// look at the time is a millisecond after the one before.
        GIVEN_BACK;

        LogConfig config() {
            int bytes = this == GIVEN_BACK ? 1 << 14 : 4096;
            boolean preallocate = this != GROWING;
            var config =
                    new LogConfig(bytes, Durability.SYNC, 0, 0, 1 << 20, 200, preallocate)
                            .withReopenMillis(1);
            return this == GIVEN_BACK ? config.withQuietMillis(1) : config;
        }

        Ticker ticker() {
            var millis = new AtomicLong();
            return this == GIVEN_BACK
                    ? () -> TimeUnit.MILLISECONDS.toNanos(millis.incrementAndGet())
                    : System::nanoTime;
        }
    }

    @TempDir Path temporary;

    /// What a run of the workload was told, by shard: values by index, and all that were sent.
    private static final class Ledger {
        final Map<Integer, TreeMap<Long, Long>> acknowledged = new TreeMap<>();
        final Map<Integer, List<Long>> sent = new TreeMap<>();
        final Map<Integer, Long> trimmed = new TreeMap<>();
        int failed;
    }

    /// Entries of several sizes over three shards, several segments, and trims.
    private static Ledger run(FaultyFileStore io, Path wal, Segments segments)
            throws InterruptedException {
        return run(io, wal, segments, false);
    }

    /// @param untilItGoesOn ends with an entry that is acknowledged
    private static Ledger run(
            FaultyFileStore io, Path wal, Segments segments, boolean untilItGoesOn)
            throws InterruptedException {
        var ledger = new Ledger();
        LogConfig config = segments.config();
        try (LocalLog log = Recorder.open(io, wal, config, segments.ticker(), new Recorder())) {
            boolean acknowledged = true;
            for (int i = 0; i < ENTRY_COUNT || (untilItGoesOn && !acknowledged); i++) {
                int shard = i % 3;
                var outcome = new Recorder.Outcome();
                boolean taken =
                        log.shard(shard)
                                .append(
                                        Recorder.entry(i, i % 4 * config.segmentBytes() / 8),
                                        outcome);
                assertThat(taken).isTrue();
                ledger.sent.computeIfAbsent(shard, _ -> new ArrayList<>()).add((long) i);
                long index = outcome.await();
                acknowledged = index > 0;
                if (acknowledged) {
                    ledger.acknowledged
                            .computeIfAbsent(shard, _ -> new TreeMap<>())
                            .put(index, (long) i);
                } else {
                    ledger.failed++;
                }
                if (i == 14) {
                    for (int s = 0; s < 3; s++) {
                        long trimmed = Math.max(0, log.shard(s).lastIndex() - 1);
                        log.shard(s).trimTo(trimmed);
                        ledger.trimmed.put(s, trimmed);
                    }
                }
            }
        } catch (IOException e) {
            ledger.failed++;
        }
        return ledger;
    }

    private static void check(Ledger ledger, Path wal, String when) throws IOException {
        var recorder = new Recorder();
        ledger.trimmed.forEach(recorder::applied);
        try (LocalLog _ = Recorder.open(new LocalFileStore(), wal, CONFIG, recorder)) {}
        var found = new TreeMap<Integer, Map<Long, Long>>();
        for (Recorder.Entry entry : recorder.entries) {
            found.computeIfAbsent(entry.shard(), _ -> new TreeMap<>())
                    .put(entry.index(), entry.value());
        }
        for (Map.Entry<Integer, List<Long>> shard : ledger.sent.entrySet()) {
            Map<Long, Long> entries = found.getOrDefault(shard.getKey(), Map.of());
            Map<Long, Long> acknowledged =
                    ledger.acknowledged.getOrDefault(shard.getKey(), new TreeMap<>());
            long trimmed = ledger.trimmed.getOrDefault(shard.getKey(), 0L);
            acknowledged.forEach(
                    (index, value) -> {
                        if (index > trimmed) {
                            assertThat(entries.get(index))
                                    .as("%s: shard %d index %d", when, shard.getKey(), index)
                                    .isEqualTo(value);
                        }
                    });
            // of what failed something may be there, behind all that was acknowledged
            entries.forEach(
                    (index, value) -> {
                        if (!acknowledged.containsKey(index)) {
                            assertThat(shard.getValue()).as(when).contains(value);
                            assertThat(acknowledged.values()).as(when).doesNotContain(value);
                            assertThat(acknowledged.keySet())
                                    .as("%s: shard %d index %d", when, shard.getKey(), index)
                                    .allMatch(own -> own < index);
                        }
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsWhatItAcknowledgedThroughAPowerLossAtEveryCall(Segments segments) throws Exception {
        var whole = new FaultyFileStore(temporary.resolve("whole"), SEED);
        Ledger complete = run(whole, temporary.resolve("whole").resolve("wal"), segments);
        assertThat(complete.failed).isZero();
        int cutPoints = 0;
        for (int call = 1; call <= whole.calls(); call++) {
            Path root = temporary.resolve("run-" + call);
            var io = new FaultyFileStore(root, SEED + call);
            io.fail(call, Integer.MAX_VALUE, "power lost");
            Ledger ledger = run(io, root.resolve("wal"), segments);
            for (int loss = 0; loss < 2; loss++) {
                Path after = temporary.resolve("after-" + call + "-" + loss);
                io.powerLoss(after);
                check(ledger, after.resolve("wal"), "call " + call + ", loss " + loss);
                cutPoints++;
            }
        }
        assertThat(cutPoints).isGreaterThan(100);
    }

    /// A disk that fails once and is well again: the log goes on by itself, and what failed is not
    /// taken for durable later.
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void goesOnAfterOneFailedCall(Segments segments) throws Exception {
        var whole = new FaultyFileStore(temporary.resolve("whole"), SEED);
        run(whole, temporary.resolve("whole").resolve("wal"), segments);
        int runsWithFailure = 0;
        for (int call = 1; call <= whole.calls(); call++) {
            Path root = temporary.resolve("run-" + call);
            var io = new FaultyFileStore(root, SEED + call);
            io.fail(call, 1, "Input/output error");
            Ledger ledger = run(io, root.resolve("wal"), segments, true);
            runsWithFailure += ledger.failed > 0 ? 1 : 0;
            Path after = temporary.resolve("after-" + call);
            io.powerLoss(after);
            check(ledger, after.resolve("wal"), "call " + call);
            if (call % 3 == 0) {
                check(ledger, root.resolve("wal"), "call " + call + ", no power loss");
            }
        }
        assertThat(runsWithFailure).isGreaterThan(ENTRY_COUNT);
    }

    @Test
    void acknowledgesNothingBetweenAFailedSyncAndANewSegment() throws Exception {
        var io = new FaultyFileStore(temporary, SEED);
        LogConfig never = CONFIG.withReopenMillis(Integer.MAX_VALUE);
        try (LocalLog log = Recorder.open(io, temporary.resolve("wal"), never)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(1);
            int syncs = io.syncs();
            io.failSyncs(1, "Input/output error");
            assertThat(Recorder.append(log.shard(0), Recorder.entry(2))).isEqualTo(-1);
            assertThat(Recorder.append(log.shard(0), Recorder.entry(3))).isEqualTo(-1);
            assertThat(Recorder.append(log.shard(1), Recorder.entry(4))).isEqualTo(-1);
            assertThat(log.shard(0).lastIndex()).isEqualTo(1);
            assertThat(log.trouble().orElseThrow()).contains("Input/output error");
            assertThat(io.syncs()).isEqualTo(syncs + 1);
        }
    }

    /// What was durable is read back before the log goes on: damage there keeps it failed.
    @Test
    void staysFailedWhenWhatWasDurableIsGone() throws Exception {
        Path wal = temporary.resolve("wal");
        var io = new FaultyFileStore(temporary, SEED);
        try (LocalLog log = Recorder.open(io, wal, CONFIG)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1, 500))).isEqualTo(1);
            byte[] content = Files.readAllBytes(wal.resolve("000001.wal"));
            content[300] ^= 1;
            Files.write(wal.resolve("000001.wal"), content);
            io.failSyncs(1, "Input/output error");
            for (int i = 2; i < 50; i++) {
                assertThat(Recorder.append(log.shard(0), Recorder.entry(i))).isEqualTo(-1);
            }
            assertThat(wal.resolve("000002.wal")).doesNotExist();
        }
    }
}
