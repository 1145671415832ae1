package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Power losses before every sync of a store's life ([CrashRun]): each shard has all that was
/// acknowledged, and of what was under way all or nothing; each backup is whole, or none.
class StoreCrashTest {
    /// More: `-Dtsdb.cuts=20000`, as the profile `soak` does.
    private static final int CUTS = Integer.getInteger("tsdb.cuts", 2_000);

    /// From one check to the next: a limit for what hangs, however many there are.
    private static final int CHECK_SECONDS_MAX = 60;

    @TempDir Path temporary;

    @Test
    void keepsWhatWasAcknowledgedAtEverySync() throws Exception {
        long seed = Long.getLong("tsdb.seed", 1);
        int cuts = 0;
        int forgotten = 0;
        var faults = new TreeMap<CrashRun.Fault, Integer>();
        try (ExecutorService checks = Executors.newFixedThreadPool(4)) {
            while (cuts < CUTS) {
                var run = new CrashRun(temporary, seed++, (_, _) -> false);
                List<CrashRun.Cut> taken = run.run();
                for (Future<Void> check :
                        taken.stream().map(cut -> checks.submit(check(cut))).toList()) {
                    check.get(CHECK_SECONDS_MAX, TimeUnit.SECONDS);
                }
                cuts += taken.size();
                forgotten += run.forgottenSeriesCount();
                run.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
            }
        }
        System.out.printf(
                "StoreCrashTest: %d power losses, %d series forgotten, %s%n",
                cuts, forgotten, faults);
    }

    /// Syncs that durability hangs on.
    private enum LeftOut implements SimulatedDisk.Lie {
        ENTRIES_OF_THE_LOG(SimulatedDisk.Sync.FILE, ".*/wal/.*(wal|tmp)"),
        NAMES_OF_SEGMENTS(SimulatedDisk.Sync.DIRECTORY, ".*/wal"),
        PARQUET_FILES(SimulatedDisk.Sync.FILE, ".*[.]parquet[.]tmp"),
        INDEX_FILES(SimulatedDisk.Sync.FILE, ".*[.]index[.]tmp"),
        NAMES_OF_PARTS(SimulatedDisk.Sync.DIRECTORY, ".*/date=[-0-9]+"),
        NAMES_OF_FOLDERS_OF_PARTS(SimulatedDisk.Sync.DIRECTORY, ".*/data/shard-./parts/[0-9]+"),
        MANIFEST(SimulatedDisk.Sync.FILE, ".*/manifest[.]tmp"),
        NAME_OF_THE_MANIFEST(SimulatedDisk.Sync.DIRECTORY, ".*/data/shard-."),
        SERIES(SimulatedDisk.Sync.FILE, ".*/series[.]log"),
        CATALOG(SimulatedDisk.Sync.FILE, ".*/store[.]tmp"),
        NAMES_IN_THE_DATA_DIRECTORY(SimulatedDisk.Sync.DIRECTORY, ".*/data"),
        NAMES_IN_A_BACKUP(SimulatedDisk.Sync.DIRECTORY, ".*/backup-.*/shard-."),
        SUMS_OF_A_BACKUP(SimulatedDisk.Sync.FILE, ".*/SHA256SUMS[.]tmp"),
        FILES_OF_A_RESTORE(SimulatedDisk.Sync.FILE, ".*[.]restoring/.*"),
        NAME_OF_A_RESTORE(SimulatedDisk.Sync.DIRECTORY, ".*/restored");

        private final SimulatedDisk.Sync kind;
        private final Pattern path;

        LeftOut(SimulatedDisk.Sync kind, String path) {
            this.kind = kind;
            this.path = Pattern.compile(path);
        }

        @Override
        public boolean about(SimulatedDisk.Sync sync, Path about) {
            return sync == kind && path.matcher(about.toString()).matches();
        }
    }

    /// The test of this test: whichever sync is left out, some cut shows it.
    @ParameterizedTest
    @EnumSource(LeftOut.class)
    void showsASyncThatIsLeftOut(LeftOut syncs) throws Exception {
        int cuts = 0;
        boolean shown = false;
        for (long seed = 1; !shown && seed < 8; seed++) {
            for (CrashRun.Cut cut : new CrashRun(temporary, seed, syncs).runShort()) {
                cuts++;
                try {
                    cut.check();
                } catch (AssertionError e) {
                    shown = true;
                    System.out.printf(
                            "StoreCrashTest: %s, by %d cuts: %s%n", syncs, cuts, first(e));
                    break;
                }
            }
        }
        assertThat(shown).as("%d cuts", cuts).isTrue();
    }

    private static String first(AssertionError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).strip().lines().findFirst().orElse("");
    }

    private static Callable<Void> check(CrashRun.Cut cut) {
        return () -> {
            cut.check();
            return null;
        };
    }
}
