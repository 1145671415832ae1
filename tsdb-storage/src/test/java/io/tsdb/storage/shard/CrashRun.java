package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.SimulatedDisk;
import io.tsdb.storage.log.Durability;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.part.PartConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One life of a store on a disk in memory, from a seed: it writes, flushes, compacts, deletes,
/// expires, drops, defines anew with other types, is backed up and started again, while syncs fail
/// or take long and the disk is full for a while. Before each sync of it, and after each
/// acknowledgement, the power is lost: the [Cut]s.
final class CrashRun {
    private static final int STEPS = 24;
    private static final int STEP_SECONDS_MAX = 60;
    private static final int PURGE_SECONDS = 900_000;
    private static final int FLUSH = 0;
    private static final int BACK_UP = 11;
    private static final int WRITE = 12;
    private static final int SHARDS = 2;
    private static final List<Map<?, ?>> NOTHING = List.of(Map.of(), Map.of());
    private static final CompactionConfig EAGER =
            new CompactionConfig(2, Duration.ofHours(1), 20_000, 1 << 20, 1);

    /// What goes wrong in a step, from one of its syncs on.
    enum Fault {
        NONE,
        SYNC_FAILS_ONCE,
        SYNCS_FAIL,
        DISK_IS_FULL,
        SYNC_TAKES_LONG
    }

    private static final Fault[] FAULTS = Fault.values();

    /// What there is before and after the step that is under way, by shard.
    private record Span(List<? extends Map<?, ?>> before, List<? extends Map<?, ?>> after) {
        /// Each shard is as before or as after.
        void checkThatItHolds(List<? extends Map<?, ?>> found, String where) {
            for (int shard = 0; shard < found.size(); shard++) {
                assertThat(found.get(shard))
                        .as("%s, shard %d", where, shard)
                        .isIn(before.get(shard), after.get(shard));
            }
        }
    }

    /// A backup that was begun, what is in it, and whether it was said to be made.
    ///
    /// @param at rows have expired since
    private record BackupMade(
            String name, Instant at, List<? extends Map<?, ?>> rows, boolean acknowledged) {}

    private interface Act {
        void run() throws Exception;
    }

    private final Path machine;
    private final Path root;
    private final long seed;
    private final Random random;
    private final SimulatedDisk disk;
    private final StoreModel model;
    private final List<Cut> cuts = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);

    private Store store;
    private volatile boolean restarting;
    private volatile Instant now = Instant.parse("2023-11-15T00:00:00Z");
    private boolean limited;
    private int backups;

    // what the watcher of syncs looks at, guarded by this
    private Span span = new Span(NOTHING, NOTHING);
    private @Nullable BackupMade backup;
    private boolean anyFailed;
    private Fault fault = Fault.NONE;
    private int syncsUntilFault;
    private CompletableFuture<Void> held = new CompletableFuture<>();
    private CompletableFuture<Void> released = new CompletableFuture<>();

    /// @param machine directory for what must be on the machine's own disk
    CrashRun(Path machine, long seed, SimulatedDisk.Lie lie) throws IOException {
        this.machine = machine;
        this.seed = seed;
        this.root = machine.resolve("run-" + seed);
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(root, seed);
        disk.watch(this::beforeSync);
        disk.lieAbout(lie);
        this.model = new StoreModel(random).withClock(() -> now);
        this.store = open(root, disk, () -> now);
    }

    /// What a power loss has left. Opened by any thread.
    final class Cut {
        private final int number;
        private final Path place;
        private final SimulatedDisk left;
        private final Span between = span;
        private final @Nullable BackupMade backup = CrashRun.this.backup;
        private final Instant at = now;

        private Cut() throws IOException {
            this.number = cuts.size();
            this.place = machine.resolve("run-" + seed + "-cut-" + number);
            this.left = disk.powerLoss(place);
        }

        @Override
        public String toString() {
            return "-Dtsdb.seed=" + seed + " -Dtsdb.cuts=1, cut " + number;
        }

        /// Each shard has all that was acknowledged, and of what was under way all or nothing; and
        /// a backup is whole, or none.
        void check() throws IOException {
            try (Store opened = open(place, left, () -> at)) {
                List<? extends Map<?, ?>> found = StoreModel.readByShard(opened);
                between.checkThatItHolds(found, toString());
                if (number % 8 == 0) {
                    opened.flush();
                    opened.expire();
                    opened.compact();
                    opened.forgetEmptySeries();
                    assertThat(StoreModel.readByShard(opened))
                            .as("%s, later", this)
                            .isEqualTo(found);
                }
            } catch (RuntimeException | IOException e) {
                throw new AssertionError(toString(), e);
            }
            checkBackup();
        }

        private void checkBackup() throws IOException {
            if (backup == null || backup.acknowledged() && number % 4 != 0) {
                return;
            }
            Path made = place.resolve(backup.name());
            if (!backup.acknowledged() && !left.exists(made.resolve(BackupSums.FILE))) {
                return;
            }
            Path target = place.resolve("restored");
            try {
                BackupRestore.restore(left, made, data(target));
                SimulatedDisk later = left.powerLoss(place.resolve("later"));
                try (Store opened = open(place.resolve("later/restored"), later, backup::at)) {
                    assertThat(StoreModel.readByShard(opened))
                            .as("%s, %s", this, backup.name())
                            .isEqualTo(backup.rows());
                }
            } catch (RuntimeException | IOException e) {
                throw new AssertionError(this + ", " + backup.name(), e);
            }
        }
    }

    private static Path data(Path root) {
        return root.resolve("data");
    }

    private static Store open(Path root, FileStore io, InstantSource clock) throws IOException {
        Files.createDirectories(data(root)); // for the lock, which the machine keeps
        var log =
                new LogConfig(1 << 14, Durability.SYNC, 0, 0, 1 << 20, 200, false)
                        .withReopenMillis(1);
        var config =
                new StoreConfig(
                        data(root),
                        SHARDS,
                        64 << 20,
                        1 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(2), // a stop waits so long on a disk that fails
                        0,
                        LocalLog.factory(log, System::nanoTime),
                        PartConfig.defaults(),
                        EAGER);
        return Store.open(
                config,
                io,
                () ->
                        System.nanoTime()
                                + TimeUnit.SECONDS.toNanos(clock.instant().getEpochSecond()),
                clock);
    }

    /// Lives through steps as they come.
    List<Cut> run() throws Exception {
        for (int step = 0; step < STEPS; step++) {
            step(step == 0 ? WRITE : random.nextInt(20));
        }
        store.close();
        return cuts;
    }

    /// Writes, flushes, and is backed up: the shortest life in which every kind of file changes.
    List<Cut> runShort() throws Exception {
        for (int kind : new int[] {WRITE, FLUSH, BACK_UP, WRITE, FLUSH, WRITE}) {
            step(kind);
        }
        store.close();
        return cuts;
    }

    int forgottenSeriesCount() {
        return store.shards().stream().mapToInt(Shard::forgottenSeriesCount).sum();
    }

    /// How often what went wrong.
    Map<Fault, Integer> faults() {
        return faults;
    }

    private void step(int kind) throws Exception {
        switch (kind) {
            case FLUSH, 1, 2 -> step(() -> store.flush(), () -> {});
            case 3 -> step(() -> store.dropDatabase(StoreModel.DATABASE), this::databaseDropped);
            case 4 -> {
                String measurement = StoreModel.MEASUREMENTS.get(random.nextInt(2));
                step(
                        () -> store.dropMeasurement(StoreModel.DATABASE, measurement),
                        () -> model.dropped(measurement));
            }
            case 5 -> {
                restarting = true;
                step(this::restart, () -> {});
                restarting = false;
            }
            case 6, 7 -> purge(random.nextInt(limited ? 60_000 : 2_000_000));
            case 8, 9 -> {
                for (int i = 0; i < 3; i++) {
                    var before = model.rowsByShard(store);
                    StoreModel.Delete delete = model.drawDelete();
                    step(() -> delete.run(store), before);
                }
                if (kind == 9) { // what was deleted goes from the parts, too
                    purge(PURGE_SECONDS);
                }
            }
            case 10 -> {
                var before = model.rowsByShard(store);
                Optional<StoreModel.Limit> limit = model.drawLimit(store);
                if (limit.isPresent()) {
                    limited = true;
                    step(() -> limit.get().set(store), before);
                }
            }
            case BACK_UP -> backUp();
            default -> {
                var before = model.rowsByShard(store);
                PointBatch[] batches = model.draw(store, 1 + random.nextInt(60));
                step(() -> StoreWrites.write(store, batches), before);
            }
        }
    }

    /// Rows expire by time alone.
    private synchronized void goOn(int seconds) {
        now = now.plusSeconds(seconds);
        var rows = model.rowsByShard(store);
        span = new Span(rows, rows);
    }

    private void databaseDropped() {
        model.dropped();
        limited = false;
    }

    private void purge(int seconds) throws Exception {
        goOn(seconds);
        step(
                () -> {
                    store.flush(); // days have passed: one would come in between
                    store.expire();
                    store.compact();
                    store.forgetEmptySeries();
                },
                () -> {});
    }

    private void restart() throws Exception {
        try {
            store.close();
        } catch (IOException e) {
            synchronized (this) {
                lift();
            }
        }
        store = open(root, disk, () -> now);
    }

    private void backUp() throws Exception {
        BackupMade last = backup;
        Optional<Path> previous =
                last != null && random.nextBoolean()
                        ? Optional.of(root.resolve(last.name()))
                        : Optional.empty();
        var rows = model.rowsByShard(store);
        step(
                () -> {
                    String name = "backup-" + ++backups;
                    synchronized (this) {
                        backup = new BackupMade(name, now, rows, false);
                    }
                    try {
                        store.backup(root.resolve(name), previous, List.of());
                    } catch (IOException e) {
                        synchronized (this) {
                            backup = last;
                        }
                        throw e;
                    }
                    synchronized (this) {
                        backup = new BackupMade(name, now, rows, true);
                    }
                },
                rows);
    }

    private void step(Act act, Runnable change) throws Exception {
        var before = model.rowsByShard(store);
        change.run();
        step(act, before);
    }

    /// Does something until it is acknowledged.
    private void step(Act act, List<? extends Map<?, ?>> before) throws Exception {
        var between = new Span(before, model.rowsByShard(store));
        synchronized (this) {
            span = between;
            fault = Fault.NONE;
            if (random.nextInt(3) == 0) {
                fault = FAULTS[1 + random.nextInt(FAULTS.length - 1)];
            }
            syncsUntilFault = random.nextInt(6);
            held = new CompletableFuture<>();
            released = new CompletableFuture<>();
        }
        var acting = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> until(act, acting));
        await(CompletableFuture.anyOf(acting, held));
        if (held.isDone() && !restarting) { // reads go on
            between.checkThatItHolds(StoreModel.readByShard(store), "seed " + seed);
        }
        released.complete(null);
        await(acting);
        synchronized (this) {
            lift();
            span = new Span(between.after(), between.after());
            cuts.add(new Cut());
        }
    }

    private void await(CompletableFuture<?> something) throws Exception {
        try {
            something.get(STEP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            var text = new StringBuilder("a step of seed " + seed + " does not end");
            for (Map.Entry<Thread, StackTraceElement[]> one :
                    Thread.getAllStackTraces().entrySet()) {
                text.append("\n").append(one.getKey().getName());
                for (StackTraceElement frame : one.getValue()) {
                    text.append("\n    ").append(frame);
                }
            }
            throw new AssertionError(text.toString(), e);
        }
    }

    /// Once something has failed in this run, anything may; then it is done again.
    private void until(Act act, CompletableFuture<Void> done) {
        long start = System.nanoTime();
        while (!done.isDone()) {
            try {
                act.run();
                done.complete(null);
            } catch (IOException
                    | UncheckedIOException
                    | ExecutionException
                    | CompletionException e) {
                synchronized (this) {
                    lift();
                    if (!anyFailed
                            || System.nanoTime() - start
                                    > TimeUnit.SECONDS.toNanos(STEP_SECONDS_MAX)) {
                        done.completeExceptionally(e);
                    }
                }
                Thread.onSpinWait();
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        }
    }

    /// The disk is well again.
    private void lift() {
        fault = Fault.NONE;
        disk.fill(false);
    }

    private void beforeSync(SimulatedDisk.Sync kind, Path path) throws IOException {
        CompletableFuture<Void> wait;
        synchronized (this) {
            cuts.add(new Cut());
            if (fault == Fault.NONE || syncsUntilFault-- > 0) {
                return;
            }
            if (syncsUntilFault == -1) {
                faults.merge(fault, 1, Integer::sum);
            }
            switch (fault) {
                case NONE -> {}
                case SYNC_FAILS_ONCE -> {
                    fault = Fault.NONE;
                    anyFailed = true;
                    throw new IOException("Input/output error");
                }
                case SYNCS_FAIL -> {
                    anyFailed = true;
                    throw new IOException("Input/output error");
                }
                case DISK_IS_FULL -> {
                    anyFailed = true;
                    disk.fill(true);
                    return;
                }
                case SYNC_TAKES_LONG -> {
                    fault = Fault.NONE;
                    held.complete(null);
                }
            }
            wait = released;
        }
        wait.join();
    }
}
