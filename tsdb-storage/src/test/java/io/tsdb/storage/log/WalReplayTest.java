package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class WalReplayTest {
    private static final LogConfig CONFIG =
            new LogConfig(1 << 20, Durability.SYNC, 0, 0, 1 << 20, 200, false);

    private final LocalFileStore io = new LocalFileStore();

    @TempDir Path directory;

    private LocalLog open(Recorder target) throws IOException {
        return Recorder.open(io, directory.resolve("wal"), CONFIG, target);
    }

    private List<Recorder.Entry> replay() throws IOException {
        var recorder = new Recorder();
        open(recorder).close();
        return recorder.entries;
    }

    private Path segment(int number) {
        return directory.resolve("wal").resolve(String.format("%06d.wal", number));
    }

    /// Copies the log as a killed process leaves it.
    private byte[] writeAndKill(int entryCount) throws IOException, InterruptedException {
        byte[] killed;
        try (LocalLog log = open(new Recorder())) {
            for (int i = 1; i <= entryCount; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i));
            }
            killed = Files.readAllBytes(segment(1));
        }
        Files.write(segment(1), killed);
        return killed;
    }

    @Test
    void replaysEntriesOfShardsInOrderWithTheirIndexes() throws Exception {
        try (LocalLog log = open(new Recorder())) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(10))).isEqualTo(1);
            assertThat(Recorder.append(log.shard(3), Recorder.entry(11))).isEqualTo(1);
            assertThat(Recorder.append(log.shard(0), Recorder.entry(12))).isEqualTo(2);
            assertThat(Recorder.append(log.shard(3), new LogEntry.DropDatabase(1))).isEqualTo(2);
            assertThat(log.shard(3).lastIndex()).isEqualTo(2);
        }
        var recorder = new Recorder();
        try (LocalLog log = open(recorder)) {
            assertThat(recorder.entries)
                    .containsExactly(
                            new Recorder.Entry(0, 1, 10),
                            new Recorder.Entry(3, 1, 11),
                            new Recorder.Entry(0, 2, 12),
                            new Recorder.Entry(3, 2, -1));
            assertThat(log.shard(0).lastIndex()).isEqualTo(2);
            assertThat(Recorder.append(log.shard(0), Recorder.entry(13))).isEqualTo(3);
        }
        assertThat(replay()).hasSize(5);
    }

    @Test
    void cutsATornLastRecordAtEveryByte() throws Exception {
        byte[] two = writeAndKill(2);
        beginAnew();
        byte[] three = writeAndKill(3);
        assertThat(Arrays.copyOf(three, two.length)).isEqualTo(two);
        for (int length = two.length; length < three.length; length++) {
            Files.write(segment(1), Arrays.copyOf(three, length));
            assertThat(replay()).as("%d bytes", length).hasSize(2);
        }
        Files.write(segment(1), three);
        assertThat(replay()).hasSize(3);
    }

    @Test
    void cutsATailOfZerosOrGarbage() throws Exception {
        byte[] killed = writeAndKill(3);
        byte[] garbage = new byte[5000];
        new Random(1).nextBytes(garbage);
        for (byte[] tail : List.of(new byte[5000], garbage)) {
            byte[] longer = Arrays.copyOf(killed, killed.length + tail.length);
            System.arraycopy(tail, 0, longer, killed.length, tail.length);
            Files.write(segment(1), longer);
            assertThat(replay()).hasSize(3);
        }
    }

    @Test
    void goesOnAfterACut() throws Exception {
        byte[] killed = writeAndKill(3);
        Files.write(segment(1), Arrays.copyOf(killed, killed.length - 5));
        try (LocalLog log = open(new Recorder())) {
            assertThat(Recorder.append(log.shard(0), Recorder.entry(33))).isEqualTo(3);
        }
        assertThat(replay()).extracting(Recorder.Entry::value).containsExactly(1L, 2L, 33L);
    }

    @Test
    void refusesDamageBeforeTheTail() throws Exception {
        byte[] killed = writeAndKill(4);
        int recordBytes = (killed.length - headerBytes(killed)) / 4;
        int at = headerBytes(killed) + recordBytes;
        killed[at + 40] ^= 1;
        Files.write(segment(1), killed);
        assertThatThrownBy(this::replay)
                .isInstanceOfSatisfying(
                        CorruptDataException.class,
                        e -> {
                            assertThat(e.path()).isEqualTo(segment(1).toString());
                            assertThat(e.offset()).isEqualTo(at);
                        })
                .hasMessageContaining("payload CRC mismatch");
    }

    private static int headerBytes(byte[] segment) {
        return SegmentHeader.decode("test", segment, segment.length).encodedBytes();
    }

    /// After a clean close there is no tail that could be torn: every flipped bit is an error.
    @Test
    void detectsEveryFlippedBitOfAClosedLog() throws Exception {
        try (LocalLog log = open(new Recorder())) {
            for (int i = 1; i <= 3; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i));
            }
        }
        byte[] closed = Files.readAllBytes(segment(1));
        int end = closed.length - WalRecordLayout.HEADER_BYTES;
        for (int bit = 0; bit < end * 8; bit++) {
            byte[] flipped = closed.clone();
            flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
            overwrite(flipped);
            int flippedBit = bit;
            assertThatThrownBy(this::replayOnly)
                    .as(() -> "bit " + flippedBit)
                    .isInstanceOf(CorruptDataException.class);
        }
        for (int bit = end * 8; bit < closed.length * 8; bit++) {
            byte[] flipped = closed.clone();
            flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
            overwrite(flipped);
            assertThat(replayOnly()).as("bit %d of the closing mark", bit).hasSize(3);
        }
    }

    /// In place: ext4 flushes a file that was emptied and written anew, which takes ten times as
    /// long as all else here.
    private void overwrite(byte[] bytes) throws IOException {
        Files.write(segment(1), bytes, StandardOpenOption.WRITE);
    }

    private void beginAnew() throws IOException {
        Files.delete(segment(1));
        Files.delete(segment(1).resolveSibling("newest"));
    }

    /// Replays without a log that could go on: no thread, no buffers.
    private List<Recorder.Entry> replayOnly() throws IOException {
        var recorder = new Recorder();
        var states = new HashMap<Integer, ShardState>();
        new LogReplay(
                        io,
                        shard -> states.computeIfAbsent(shard, number -> started(number, recorder)))
                .run(List.of(segment(1)));
        return recorder.entries;
    }

    private static ShardState started(int number, Recorder recorder) {
        var state = new ShardState(number);
        state.start(
                0,
                0,
                (index, entry) ->
                        recorder.entries.add(
                                new Recorder.Entry(number, index, Recorder.value(entry))));
        return state;
    }

    /// A file system that lost a segment's bytes: the message says what can be done.
    @Test
    void saysWhatToDoAboutAnEmptySegment() throws Exception {
        writeAndKill(2);
        Files.write(segment(2), new byte[0]);
        assertThatThrownBy(this::replay)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(segment(2).toString())
                .hasMessageContaining("segment of 0 bytes")
                .hasMessageContaining("put it back from a copy");
    }

    @Test
    void refusesARecordOfALogThatNobodyApplies() throws Exception {
        writeAndKill(2);
        try (LocalLog log = LocalLog.open(io, directory.resolve("wal"), CONFIG, System::nanoTime)) {
            new Recorder().start(log, 5, 0);
            assertThatThrownBy(log::recover)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("record of log 0, which the store does not have");
        }
    }

    @Test
    void refusesAMissingOrShortenedSegment() throws Exception {
        for (int run = 0; run < 3; run++) {
            try (LocalLog log = open(new Recorder())) {
                Recorder.append(log.shard(0), Recorder.entry(run));
                Recorder.append(log.shard(0), Recorder.entry(run));
            }
        }
        byte[] middle = Files.readAllBytes(segment(2));
        Files.delete(segment(2));
        assertThatThrownBy(this::replay)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("segment 3 follows 1");
        Files.write(segment(2), Arrays.copyOf(middle, middle.length - 33));
        assertThatThrownBy(this::replay)
                .isInstanceOfSatisfying(
                        CorruptDataException.class,
                        e -> assertThat(e.path()).isEqualTo(segment(2).toString()));
        Files.write(segment(2), middle);
        assertThat(replay()).hasSize(6);
    }

    @Test
    void refusesAppendBeforeReplay() throws Exception {
        try (LocalLog log = LocalLog.open(io, directory.resolve("wal"), CONFIG, System::nanoTime)) {
            assertThatThrownBy(() -> log.shard(0).append(Recorder.entry(1), new Recorder.Outcome()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void keepsRecordsAboveTheSegmentSize() throws Exception {
        try (LocalLog log =
                Recorder.open(io, directory.resolve("wal"), CONFIG.withSegmentBytes(4096))) {
            for (int i = 0; i < 4; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i, 10_000));
            }
        }
        try (Stream<Path> files = Files.list(directory.resolve("wal"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".wal"))).hasSize(4);
        }
        assertThat(replay()).extracting(Recorder.Entry::value).containsExactly(0L, 1L, 2L, 3L);
    }

    /// A segment that is used again holds valid records of its former use behind the new ones.
    @Test
    void ignoresRecordsOfAnOlderUseOfTheFile() throws Exception {
        byte[] old = writeAndKill(5);
        Files.copy(segment(1), directory.resolve("old"), StandardCopyOption.REPLACE_EXISTING);
        beginAnew();
        byte[] fresh = writeAndKill(2);
        var header =
                new SegmentHeader(2, 0, SegmentHeader.decode("", fresh, fresh.length).shards());
        assertThat(old.length).isGreaterThan(fresh.length);
        byte[] reused = old.clone();
        System.arraycopy(header.encode(), 0, reused, 0, header.encodedBytes());
        Files.write(segment(2), reused);
        Files.delete(segment(1));
        assertThat(replay()).isEmpty();
    }
}
