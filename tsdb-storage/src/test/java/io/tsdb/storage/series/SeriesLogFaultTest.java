package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.MeasurementId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
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
    private static final long MEASUREMENT = MeasurementId.packed(1, 1);

    @TempDir Path temporary;

    /// Keys by id, and drops as text, in order.
    private static final class Reader implements SeriesLog.Visitor {
        final List<String> entries = new ArrayList<>();

        @Override
        public void series(long measurement, byte[] source, int from, int to, long location) {
            assertThat(to - from).isEqualTo(KEY_BYTES);
            entries.add("series " + source[from]);
        }

        @Override
        public void dropDatabase(int database) {
            entries.add("drop " + database);
        }

        @Override
        public void dropMeasurement(long measurement) {
            entries.add("drop " + MeasurementId.ofPacked(measurement));
        }

        @Override
        public void forget(long measurement, RoaringBitmap ids) {
            entries.add("forget " + ids);
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
            log.appendDropMeasurement(MeasurementId.packed(4, 2));
            entries.add("drop 4/2");
            for (int i = 0; i < SERIES_COUNT; i++) {
                log.appendSeries(MEASUREMENT, key(i));
                entries.add("series " + i);
                if (i % 9 == 4) {
                    long mark = log.mark();
                    var saved = List.copyOf(entries);
                    log.appendDropDatabase(3);
                    entries.add("drop 3");
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
            io.fail(1, 3, "No space left on device");
            for (int i = 0; i < SERIES_COUNT; i++) {
                long location = log.appendSeries(MEASUREMENT, key(i));
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

    /// After a failed sync a later one may succeed without the data: it is written again, also what
    /// is no more on the heap.
    @Test
    void writesAgainWhatAFailedSyncMayHaveLost() throws Exception {
        var io = new FaultyFileStore(temporary.resolve("disk"), SEED);
        Path file = Files.createDirectories(temporary.resolve("disk")).resolve("series.log");
        var expected = new ArrayList<String>();
        long mark;
        try (SeriesLog log = SeriesLog.open(io, file, 0, new Reader())) {
            for (int i = 0; i < SERIES_COUNT; i++) {
                log.appendSeries(MEASUREMENT, key(i));
                expected.add("series " + i);
                if (i == 1) {
                    log.sync();
                }
            }
            io.failSyncs(2, "power lost");
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(log::sync).hasMessage("power lost");
            }
            log.sync();
            mark = log.mark();
            io.powerLoss(temporary.resolve("after"));
        }
        var reader = new Reader();
        Path after = temporary.resolve("after").resolve("series.log");
        SeriesLog.open(new LocalFileStore(), after, mark, reader).close();
        assertThat(reader.entries).isEqualTo(expected);
    }
}
