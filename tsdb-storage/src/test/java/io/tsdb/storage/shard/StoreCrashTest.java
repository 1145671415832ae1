package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.Durability;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.part.PartConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// Power losses at every sync of a workload that writes, flushes, drops, defines anew with other
/// types and restarts: each shard has all that was acknowledged, and of what was under way all or
/// nothing.
class StoreCrashTest {
    /// More: `-Dtsdb.cuts=20000`.
    private static final int CUTS = Integer.getInteger("tsdb.cuts", 200);

    private static final int STEPS = 14;

    @TempDir Path temporary;

    /// What there is before and after the step that is under way, by shard.
    private record Span(List<? extends Map<?, ?>> before, List<? extends Map<?, ?>> after) {}

    private record Cut(Path directory, Span span) {}

    private static Store open(Path directory, FileStore io) throws IOException {
        var log = new LogConfig(1 << 16, Durability.SYNC, 0, 0, 1 << 20, 200, false);
        return Store.open(
                new StoreConfig(
                        directory,
                        2,
                        64 << 20,
                        1 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(log, System::nanoTime),
                        PartConfig.defaults()),
                io,
                System::nanoTime);
    }

    @Test
    @Timeout(600)
    void keepsWhatWasAcknowledgedAtEverySync() throws Exception {
        long seed = Long.getLong("tsdb.seed", 1);
        int cuts = 0;
        while (cuts < CUTS) {
            List<Cut> taken = run(seed);
            for (Cut cut : taken) {
                check(cut, seed);
            }
            cuts += taken.size();
            seed++;
        }
        System.out.printf("StoreCrashTest: %d power losses%n", cuts);
    }

    private List<Cut> run(long seed) throws Exception {
        Path directory = temporary.resolve("run-" + seed);
        var io = new FaultyFileStore(directory, seed);
        var random = new Random(seed);
        var model = new StoreModel(random);
        var cuts = new ArrayList<Cut>();
        var span = new AtomicReference<Span>();
        var off = new AtomicBoolean(true);
        io.beforeSync(
                () -> {
                    synchronized (cuts) {
                        if (!off.get()) {
                            Path lost = temporary.resolve("cut-" + seed + "-" + cuts.size());
                            powerLoss(io, lost);
                            cuts.add(new Cut(lost, span.get()));
                        }
                    }
                });
        Store store = open(directory, io);
        for (int step = 0; step < STEPS; step++) {
            var before = model.rowsByShard(store);
            int kind = step == 0 ? 9 : random.nextInt(12);
            PointBatch[] batches =
                    kind > 4 ? model.draw(store, 1 + random.nextInt(60)) : new PointBatch[0];
            String measurement = StoreModel.MEASUREMENTS.get(random.nextInt(2));
            if (kind == 2) {
                model.dropped();
            } else if (kind == 3) {
                model.dropped(measurement);
            }
            span.set(new Span(before, model.rowsByShard(store)));
            off.set(false);
            switch (kind) {
                case 0, 1 -> store.flush();
                case 2 -> store.dropDatabase(StoreModel.DATABASE);
                case 3 -> store.dropMeasurement(StoreModel.DATABASE, measurement);
                case 4 -> {
                    store.close();
                    store = open(directory, io);
                }
                default -> StoreWrites.write(store, batches);
            }
            synchronized (cuts) {
                off.set(true);
            }
        }
        store.close();
        return cuts;
    }

    private static void powerLoss(FaultyFileStore io, Path lost) {
        try {
            io.powerLoss(lost);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(Cut cut, long seed) throws IOException {
        String where = "seed " + seed + ", " + cut.directory().getFileName();
        try (Store store = open(cut.directory(), new LocalFileStore())) {
            var found = StoreModel.readByShard(store);
            for (int shard = 0; shard < found.size(); shard++) {
                assertThat(found.get(shard))
                        .as("%s, shard %d", where, shard)
                        .isIn(cut.span().before().get(shard), cut.span().after().get(shard));
            }
        } catch (RuntimeException e) {
            throw new AssertionError(where, e);
        }
    }
}
