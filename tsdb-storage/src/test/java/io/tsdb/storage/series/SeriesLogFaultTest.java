package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether every series before a mark that was synced is there after a power loss.
class SeriesLogFaultTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20260729);

    /// Above 1 MiB in all, so that chunks are written and mapped too.
    private static final int KEY_BYTES = 60_000;

    private static final int SERIES_COUNT = 40;

    @TempDir Path temporary;

    /// Keys by id, and databases and drops as text, in order.
    private static final class Reader implements SeriesLog.Visitor {
        final List<String> entries = new ArrayList<>();

        @Override
        public void database(int number, String name) {
            entries.add("database " + number + " " + name);
        }

        @Override
        public void series(int database, byte[] source, int from, int to, long location) {
            assertThat(to - from).isEqualTo(KEY_BYTES);
            entries.add("series " + source[from]);
        }

        @Override
        public void drop(int database) {
            entries.add("drop " + database);
        }
    }

    private static final class Manifest {
        private long mark;
        private List<String> entries = List.of();
    }

    private static byte[] key(int number) {
        byte[] key = new byte[KEY_BYTES];
        key[0] = (byte) number;
        return key;
    }

    /// Appends, and saves a mark only after a sync, as a flush does.
    private static Manifest run(FaultyFileStore io, Path file) {
        var manifest = new Manifest();
        var entries = new ArrayList<String>();
        try (SeriesLog log = SeriesLog.open(io, file, 0, new Reader())) {
            log.appendDatabase(0, "db".getBytes(StandardCharsets.UTF_8));
            entries.add("database 0 db");
            for (int i = 0; i < SERIES_COUNT; i++) {
                log.appendSeries(0, key(i));
                entries.add("series " + i);
                if (i % 9 == 4) {
                    long mark = log.mark();
                    var saved = List.copyOf(entries);
                    log.appendDrop(0);
                    entries.add("drop 0");
                    log.sync();
                    manifest.mark = mark;
                    manifest.entries = saved;
                }
            }
        } catch (IOException e) {
            assertThat(e).hasStackTraceContaining("power lost");
        }
        return manifest;
    }

    @Test
    void keepsWhatAMarkCoversThroughAPowerLossAtEveryCall() throws Exception {
        var whole = new FaultyFileStore(temporary.resolve("whole"), SEED);
        Files.createDirectories(temporary.resolve("whole"));
        Manifest complete = run(whole, temporary.resolve("whole").resolve("series.log"));
        assertThat(complete.entries).contains("series 31").hasSize(36);
        for (int call = 1; call <= whole.calls(); call++) {
            Path root = Files.createDirectories(temporary.resolve("run-" + call));
            var io = new FaultyFileStore(root, SEED + call);
            io.fail(call, Integer.MAX_VALUE, "power lost");
            Manifest manifest = run(io, root.resolve("series.log"));
            Path after = temporary.resolve("after-" + call);
            io.powerLoss(after);
            var reader = new Reader();
            SeriesLog.open(new LocalFileStore(), after.resolve("series.log"), manifest.mark, reader)
                    .close();
            assertThat(reader.entries).as("call %d", call).isEqualTo(manifest.entries);
        }
    }

    /// A full disk: what could not be written is kept and written by the next sync.
    @Test
    void goesOnAfterAFailedWrite() throws Exception {
        var io = new FaultyFileStore(temporary, SEED);
        Path file = temporary.resolve("series.log");
        long mark;
        var expected = new ArrayList<String>();
        try (SeriesLog log = SeriesLog.open(io, file, 0, new Reader())) {
            expected.add("database 0 db");
            log.appendDatabase(0, "db".getBytes(StandardCharsets.UTF_8));
            io.fail(1, 3, "No space left on device");
            for (int i = 0; i < SERIES_COUNT; i++) {
                long location = log.appendSeries(0, key(i));
                expected.add("series " + i);
                assertThat(log.key(location)).isEqualTo(key(i));
            }
            assertThatThrownBy(log::sync).hasMessage("No space left on device");
            log.sync();
            mark = log.mark();
        }
        var reader = new Reader();
        SeriesLog.open(new LocalFileStore(), file, mark, reader).close();
        assertThat(reader.entries).isEqualTo(expected);
    }

    /// After a failed sync a later one may succeed without the data: it must not be believed.
    @Test
    void staysFailedAfterAFailedSync() throws Exception {
        var io = new FaultyFileStore(temporary, SEED);
        try (SeriesLog log = SeriesLog.open(io, temporary.resolve("series.log"), 0, new Reader())) {
            log.appendDatabase(0, new byte[] {'a'});
            io.fail(2, 1, "power lost"); // the write passes, its sync does not
            for (int attempt = 0; attempt < 3; attempt++) {
                try {
                    log.sync();
                    throw new AssertionError("sync " + attempt + " succeeded");
                } catch (IOException e) {
                    assertThat(e).hasStackTraceContaining("power lost");
                }
            }
        }
    }
}
