package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A log of a node that was killed, of whose newest segment somebody takes the end: wherever that
/// is, also between two records, a start names it. No write that a crash cuts short does that, as
/// the file is there before the records are.
class LogCutTest {
    private static final LogConfig CONFIG =
            new LogConfig(1 << 20, Durability.SYNC, 0, 0, 8 << 20, 200, true).withQuietMillis(20);

    @TempDir Path temporary;
    private final LocalFileStore io = new LocalFileStore();
    private final AtomicLong nanos = new AtomicLong();
    private Path wal;

    @BeforeEach
    void setUp() {
        wal = temporary.resolve("wal");
    }

    private LocalLog open(Path directory, Recorder recorder) throws IOException {
        return Recorder.open(io, directory, CONFIG, nanos::get, recorder);
    }

    /// What is on disk when the process dies.
    private Path killed(String name) throws IOException {
        Path target = Files.createDirectories(temporary.resolve(name));
        try (Stream<Path> files = Files.list(wal)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.toString().endsWith(".tmp")) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
        }
        return target;
    }

    private Path killedAfter(int entries) throws Exception {
        try (LocalLog log = open(wal, new Recorder())) {
            for (int i = 1; i <= entries; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i));
            }
            return killed("killed");
        }
    }

    private static Path newest(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private int entries(Path directory) throws IOException {
        var recorder = new Recorder();
        open(directory, recorder).close();
        return recorder.entries.size();
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private void refuses(Path directory, long size) throws IOException {
        Path segment = newest(directory);
        byte[] whole = Files.readAllBytes(segment);
        cut(segment, size);
        assertThatThrownBy(() -> entries(directory))
                .as("%d of %d bytes", size, whole.length)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(segment.toString())
                .hasMessageContaining("was cut here")
                .hasMessageContaining("had " + whole.length + " bytes");
        Files.write(segment, whole);
    }

    /// Where records end.
    private List<Long> ends(Path segment) throws IOException {
        var ends = new ArrayList<Long>();
        try (var reader = new SegmentReader(io, segment)) {
            ends.add(reader.nextOffset());
            while (reader.next()) {
                ends.add(reader.nextOffset());
            }
        }
        return ends;
    }

    @Test
    void namesACutWhereverItIs() throws Exception {
        Path killed = killedAfter(20);
        Path segment = newest(killed);
        for (long end : ends(segment)) {
            refuses(killed, end);
            refuses(killed, end + 7);
        }
        refuses(killed, Files.size(segment) - 1);
        assertThat(entries(killed)).isEqualTo(20);
    }

    /// As the file grows, also by records that are larger than its steps.
    @Test
    void namesACutOfAFileThatHasGrown() throws Exception {
        try (LocalLog log = open(wal, new Recorder())) {
            for (int i = 1; i <= 8; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i, 30_000 * i));
                Path killed = killed("killed-" + i);
                List<Long> ends = ends(newest(killed));
                refuses(killed, ends.getLast());
                refuses(killed, ends.get(ends.size() - 2));
                assertThat(entries(killed)).isEqualTo(i);
            }
        }
    }

    /// When room that is not used goes back to the disk, and records come again.
    @Test
    void namesACutBehindAQuietTime() throws Exception {
        try (LocalLog log = open(wal, new Recorder())) {
            for (int i = 1; i <= 4; i++) {
                Recorder.append(log.shard(0), Recorder.entry(i, 40_000));
            }
            long full = Files.size(newest(wal));
            while (Files.size(newest(wal)) == full) {
                nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
            }
            for (int i = 5; i <= 8; i++) {
                Path killed = killed("killed-" + i);
                refuses(killed, ends(newest(killed)).getLast());
                assertThat(entries(killed)).isEqualTo(i - 1);
                Recorder.append(log.shard(0), Recorder.entry(i, 40_000));
            }
        }
    }

    /// What was cut is given up when somebody says so.
    @Test
    void goesOnWhenThatIsAccepted() throws Exception {
        Path killed = killedAfter(3);
        List<Long> ends = ends(newest(killed));
        cut(newest(killed), ends.get(ends.size() - 2));
        LogCheck.acceptSegments(io, killed);
        assertThat(entries(killed)).isEqualTo(2);
    }
}
