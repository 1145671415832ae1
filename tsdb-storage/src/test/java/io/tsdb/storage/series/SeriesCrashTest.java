package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.SimulatedDisk;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Power losses before every sync of a shard's series, with the dictionary in use: whatever is left
/// of its file, each series of the saved mark has its id, and nothing else has one.
class SeriesCrashTest {
    /// A life has about 30 of them; each opens a dictionary, which is the slow part.
    private static final int CUTS = Integer.getInteger("tsdb.cuts", 2_000) / 10;

    private static final int STEPS = 20;

    @TempDir Path temporary;

    /// What a manifest would say.
    private record Saved(long mark, List<Series> series) {}

    private record Series(MeasurementId measurement, SeriesKey key) {
        static Series random(Random random) {
            var measurement = new MeasurementId(1, 1 + random.nextInt(2));
            SeriesKey key = SeriesKey.of("m", Map.of("host", "host-" + random.nextInt(300)));
            return new Series(measurement, key);
        }

        int find(SeriesRegistry registry) {
            byte[] bytes = key.bytes();
            return registry.find(measurement, bytes, 0, bytes.length, key.hash());
        }
    }

    private record Cut(SimulatedDisk left, Path directory, Saved saved, String text) {
        void check() throws Exception {
            try (var registry = SeriesRegistry.open(left, directory, saved.mark())) {
                assertThat(registry.seriesCount()).as(text).isEqualTo(saved.series().size());
                var random = new Random(7);
                var series = new ArrayList<>(saved.series());
                for (int i = 0; i < 20; i++) {
                    Series more = Series.random(random);
                    if (!series.contains(more)) {
                        series.add(more);
                    }
                    registry.resolve(more.measurement(), more.key());
                }
                registry.awaitDictionary(series.size());
                for (int id = 0; id < series.size(); id++) {
                    assertThat(series.get(id).find(registry)).as("%s, %d", text, id).isEqualTo(id);
                }
                for (int i = 0; i < 100; i++) {
                    Series any = Series.random(random);
                    assertThat(any.find(registry)).as(text).isEqualTo(series.indexOf(any));
                }
            } catch (RuntimeException | IOException e) {
                throw new AssertionError(text, e);
            }
        }
    }

    private List<Cut> run(long seed, SimulatedDisk.Lie lie) throws Exception {
        Path root = temporary.resolve("run-" + seed);
        var disk = new SimulatedDisk(root, seed);
        disk.lieAbout(lie);
        Path directory = root.resolve("series");
        var random = new Random(seed);
        var cuts = new ArrayList<Cut>();
        var saved = new Saved[] {new Saved(0, List.of())};
        disk.watch(
                (_, _) -> {
                    synchronized (cuts) {
                        Path place = temporary.resolve("run-" + seed + "-cut-" + cuts.size());
                        cuts.add(
                                new Cut(
                                        disk.powerLoss(place),
                                        place.resolve("series"),
                                        saved[0],
                                        "seed " + seed + ", cut " + cuts.size()));
                    }
                });
        SeriesRegistry registry = SeriesRegistry.open(disk, directory, 0);
        var known = new ArrayList<Series>();
        for (int step = 0; step < STEPS; step++) {
            for (int i = random.nextInt(40); i > 0; i--) {
                Series one = Series.random(random);
                int id = registry.resolve(one.measurement(), one.key());
                if (!known.contains(one)) {
                    known.add(one);
                }
                assertThat(id).isEqualTo(known.indexOf(one));
            }
            if (random.nextBoolean()) {
                registry.awaitDictionary(known.size());
            }
            if (random.nextBoolean()) {
                var next = new Saved(registry.mark(), List.copyOf(known));
                registry.sync();
                synchronized (cuts) {
                    saved[0] = next;
                }
            }
            if (random.nextInt(4) == 0) {
                var next = new Saved(registry.mark(), List.copyOf(known));
                registry.close();
                synchronized (cuts) {
                    saved[0] = next;
                }
                registry = SeriesRegistry.open(disk, directory, next.mark());
                assertThat(registry.seriesCount()).isEqualTo(known.size());
            }
        }
        registry.close();
        return cuts;
    }

    @Test
    void findsEverySeriesByItsIdAfterAnyPowerLoss() throws Exception {
        int cuts = 0;
        for (long seed = Long.getLong("tsdb.seed", 1); cuts < CUTS; seed++) {
            for (Cut cut : run(seed, (_, _) -> false)) {
                cut.check();
                cuts++;
            }
        }
        System.out.printf("SeriesCrashTest: %d power losses%n", cuts);
    }

    /// The test of this test.
    @ParameterizedTest
    @CsvSource({"FILE, series.log", "FILE, .map", "DIRECTORY, /series"})
    void showsASyncThatIsLeftOut(SimulatedDisk.Sync kind, String end) throws Exception {
        boolean shown = false;
        for (long seed = 1; !shown && seed < 20; seed++) {
            for (Cut cut :
                    run(seed, (sync, path) -> sync == kind && path.toString().endsWith(end))) {
                try {
                    cut.check();
                } catch (AssertionError e) {
                    shown = true;
                    System.out.printf(
                            "SeriesCrashTest: without %s of %s: %s%n",
                            kind, end, e.getCause() == null ? e : e.getCause());
                    break;
                }
            }
        }
        assertThat(shown).isTrue();
    }
}
