package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class LogTrimTest {
    @TempDir Path wal;

    private static LogConfig config(boolean preallocate) {
        return new LogConfig(4096, Durability.SYNC, 0, 0, 1 << 20, 200, preallocate);
    }

    private LocalLog open(Recorder recorder, boolean preallocate) throws IOException {
        return Recorder.open(new LocalFileStore(), wal, config(preallocate), recorder);
    }

    private List<String> segments() throws IOException {
        try (Stream<Path> files = Files.list(wal)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".wal"))
                    .sorted()
                    .toList();
        }
    }

    private static void append(LocalLog log, int shard, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            Recorder.append(log.shard(shard), Recorder.entry(i, 1500));
        }
    }

    @Test
    void deletesASegmentWhenEveryShardInItHasTrimmedPastIt() throws Exception {
        try (LocalLog log = open(new Recorder(), false)) {
            Recorder.append(log.shard(1), Recorder.entry(1));
            append(log, 0, 6);
            assertThat(segments()).containsExactly("000001.wal", "000002.wal", "000003.wal");
            log.shard(0).trimTo(6);
            assertThat(segments()).as("shard 1 still needs the first").hasSize(3);
            log.shard(1).trimTo(1);
            assertThat(segments()).as("all but the active one").containsExactly("000003.wal");
            append(log, 0, 4);
            log.shard(0).trimTo(7);
            assertThat(segments()).containsExactly("000004.wal", "000005.wal");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsIndexesThroughTrimAndRestart(boolean preallocate) throws Exception {
        try (LocalLog log = open(new Recorder(), preallocate)) {
            append(log, 0, 9);
            append(log, 2, 1);
            log.shard(0).trimTo(9);
            log.shard(2).trimTo(1);
        }
        for (int restart = 0; restart < 3; restart++) {
            var recorder = new Recorder().applied(0, 8).applied(2, 1);
            try (LocalLog log = open(recorder, preallocate)) {
                assertThat(recorder.entries).extracting(Recorder.Entry::index).containsExactly(9L);
                log.shard(0).trimTo(9);
                log.shard(2).trimTo(1);
                assertThat(log.shard(0).lastIndex()).isEqualTo(9);
                assertThat(log.shard(2).lastIndex()).isEqualTo(1);
            }
        }
        var last = new Recorder().applied(0, 9).applied(2, 1);
        try (LocalLog log = open(last, preallocate)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(10);
            assertThat(Recorder.append(log.shard(1), Recorder.entry(1))).isEqualTo(1);
            assertThat(Recorder.append(log.shard(2), Recorder.entry(1))).isEqualTo(2);
        }
    }

    /// Trimmed segments are used again: their old records must never come back.
    @Test
    void usesFilesAgain() throws Exception {
        long last = 0;
        for (int run = 0; run < 5; run++) {
            var recorder = new Recorder().applied(0, Math.max(0, last - 3));
            try (LocalLog log = open(recorder, true)) {
                for (int i = 0; i < 40; i++) {
                    long index = Recorder.append(log.shard(0), Recorder.entry(last, 700));
                    assertThat(index).isEqualTo(last + 1);
                    last = index;
                    log.shard(0).trimTo(last - 3);
                }
            }
            var after = new Recorder().applied(0, last - 3);
            open(after, true).close();
            assertThat(after.entries).allMatch(e -> e.value() == e.index() - 1);
            assertThat(after.entries.getLast().index()).isEqualTo(last);
            assertThat(after.entries).hasSize(3);
        }
    }

    /// With async durability a part may hold entries that the log lost: it must not give their
    /// indexes again.
    @Test
    void goesOnBehindAnIndexThatAPartHolds() throws Exception {
        try (LocalLog log = open(new Recorder(), false)) {
            append(log, 0, 2);
        }
        try (LocalLog log = open(new Recorder().applied(0, 50), false)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(51);
        }
        var recorder = new Recorder().applied(0, 50);
        try (LocalLog log = open(recorder, false)) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(52);
        }
        assertThat(recorder.entries).extracting(Recorder.Entry::index).contains(51L);
    }
}
