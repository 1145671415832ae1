package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// What a log takes of the disk, in allocated blocks and not in lengths, over real files. Time is
/// the test's own, and stands still unless it says so.
@Timeout(120)
class LogRoomTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final LogConfig CONFIG =
            new LogConfig(8 * MIB, Durability.SYNC, 0, 0, 64L * MIB, 200, true).withQuietMillis(20);

    @TempDir Path temporary;
    private final AtomicLong nanos = new AtomicLong();
    private Path wal;

    @BeforeEach
    void setUp() {
        wal = temporary.resolve("wal");
    }

    private LocalLog open(Path directory, Recorder recorder) throws IOException {
        return Recorder.open(new LocalFileStore(), directory, CONFIG, nanos::get, recorder);
    }

    private static void append(LocalLog log, int kib, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(i, kib * KIB))).isPositive();
        }
    }

    /// Lets quiet times pass until the log's files take less than that.
    private void beQuietUntilBelow(Path directory, long bytes) throws Exception {
        while (allocatedBytes(directory) >= bytes) {
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /// `st_blocks` of all files, in bytes.
    private static long allocatedBytes(Path directory) throws Exception {
        long bytes = 0;
        for (Path file : files(directory)) {
            var stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
            byte[] told = stat.getInputStream().readAllBytes();
            if (stat.waitFor() == 0) { // else it went meanwhile
                String blocks = new String(told, StandardCharsets.US_ASCII).trim();
                bytes += 512 * Long.parseLong(blocks);
            }
        }
        return bytes;
    }

    /// The spare is filled beside the log.
    private void awaitSpare() throws IOException {
        while (files(wal).stream()
                .noneMatch(
                        file ->
                                file.toString().contains("spare-")
                                        && file.toFile().length() == CONFIG.segmentBytes())) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aLogWithALittleInItTakesALittleDisk() throws Exception {
        try (LocalLog log = open(wal, new Recorder())) {
            append(log, 1, 100);
            assertThat(allocatedBytes(wal)).isLessThan(256 * KIB);
        }
    }

    @Test
    void givesBackWhatItHeldBeforehandOnceItIsQuiet() throws Exception {
        long quiet;
        try (LocalLog log = open(wal, new Recorder())) {
            append(log, 256, 40); // 10 MiB: a second segment, from the spare, and a new spare
            awaitSpare();
            long busy = allocatedBytes(wal);
            assertThat(busy).isGreaterThanOrEqualTo(3L * CONFIG.segmentBytes() - MIB);
            beQuietUntilBelow(wal, 10L * MIB + 512 * KIB);
            quiet = allocatedBytes(wal);
            System.out.printf("log of 10 MiB: %,d bytes of disk, %,d once quiet%n", busy, quiet);
            assertThat(quiet).isGreaterThan(10L * MIB);
            append(log, 256, 40);
            awaitSpare(); // busy again: it has its blocks beforehand again
            assertThat(allocatedBytes(wal)).isGreaterThan(20L * MIB + CONFIG.segmentBytes());
        }
        assertThat(allocatedBytes(wal)).as("stopped").isLessThan(20L * MIB + 512 * KIB);
        var recorder = new Recorder();
        open(wal, recorder).close();
        assertThat(recorder.entries).hasSize(80);
    }

    /// Records that are in parts go with their segment, also with the one that was written to.
    @Test
    void givesBackRecordsThatNobodyNeeds() throws Exception {
        try (LocalLog log = open(wal, new Recorder())) {
            append(log, 256, 40);
            append(log, 0, 1);
            log.shard(0).trimTo(40);
            beQuietUntilBelow(wal, 3L * MIB);
            assertThat(allocatedBytes(wal)).as("one entry is needed").isGreaterThan(MIB);
            log.shard(0).trimTo(41);
            beQuietUntilBelow(wal, 64 * KIB);
            assertThat(log.shard(0).lastIndex()).isEqualTo(41);
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(42);
        }
        var recorder = new Recorder().applied(0, 41);
        try (LocalLog log = open(wal, recorder)) {
            assertThat(recorder.entries).extracting(Recorder.Entry::index).containsExactly(42L);
            assertThat(Recorder.append(log.shard(0), Recorder.entry(1))).isEqualTo(43);
        }
    }

    /// A kill leaves a segment with its blocks: the next run gives them back, even if it writes
    /// nothing.
    @Test
    void givesBackWhatAKilledRunHeld() throws Exception {
        Path killed = temporary.resolve("killed");
        try (LocalLog log = open(wal, new Recorder())) {
            append(log, 256, 40);
            awaitSpare();
            Files.createDirectories(killed);
            for (Path file : files(wal)) {
                if (!file.toString().endsWith(".tmp")) {
                    Files.copy(file, killed.resolve(file.getFileName()));
                }
            }
        }
        assertThat(killed.resolve("000002.wal")).hasSize(CONFIG.segmentBytes());
        var recorder = new Recorder();
        try (LocalLog _ = open(killed, recorder)) {
            beQuietUntilBelow(killed, 10L * MIB + 512 * KIB);
        }
        assertThat(recorder.entries).hasSize(40);
        assertThat(killed.resolve("000002.wal").toFile().length()).isLessThan(4 * MIB);
        var again = new Recorder();
        open(killed, again).close();
        assertThat(again.entries).hasSize(40);
    }
}
