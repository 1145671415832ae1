package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Invariants of a cluster under faults, from seeds: `-Dtsdb.simulation.seeds=10000` for more,
/// `-Dtsdb.seed=N -Dtsdb.simulation.seeds=1` for one of them again.
@Timeout(value = 3, unit = TimeUnit.HOURS)
class ClusterSimulationTest {
    private static final long FIRST = Long.getLong("tsdb.seed", 1);
    private static final int SEEDS = Integer.getInteger("tsdb.simulation.seeds", 200);
    private static final int STEPS = 60;
    private static final int MERGES = 5;

    /// With so many seeds everything that can happen does.
    private static final int SEEDS_FOR_ALL = 200;

    private static final List<String> HAPPENS =
            List.of(
                    "answers",
                    "answers lost",
                    "bits flipped",
                    "compared byte by byte",
                    "flushes",
                    "leads lost",
                    "new names",
                    "partitions",
                    "parts copied",
                    "power losses",
                    "questions lost",
                    "questions twice",
                    "starts",
                    "writes acknowledged");

    @TempDir Path temporary;

    /// What is done with a simulation.
    private interface Story {
        void tell(ClusterSimulation simulation) throws Exception;
    }

    private void tell(Story story) {
        for (long seed = FIRST; seed < FIRST + MERGES; seed++) {
            try (var simulation = new ClusterSimulation(temporary.resolve("m" + seed), seed)) {
                story.tell(simulation);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dtsdb.seed=" + seed + ": " + e, e);
            }
        }
    }

    /// What replicas merge depends on the log alone, whoever dies meanwhile.
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aMergeThatAPowerLossInterruptsIsMadeUp(int behind) {
        tell(simulation -> simulation.interruptAMerge(behind));
    }

    /// And whoever gets a copy meanwhile, of a node that has not come to the end of it.
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aCopyOfWhatIsToBeMergedIsMergedAlike(int behind) {
        tell(simulation -> simulation.copyAmidAMerge(behind));
    }

    /// And whoever removes what has expired, sooner or later than the others.
    @Test
    void whatHasExpiredChangesNoMerge() {
        tell(ClusterSimulation::expireBeforeAMerge);
    }

    @Test
    void whatHasExpiredGoesWhileNobodyWrites() {
        tell(ClusterSimulation::expireWhileNobodyWrites);
    }

    @Test
    void losesNothingAndInventsNothing() throws Exception {
        var all = new TreeMap<String, Integer>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try (var simulation = new ClusterSimulation(temporary.resolve("s" + seed), seed)) {
                simulation.run(STEPS);
                for (Map.Entry<String, Integer> one : simulation.counts().entrySet()) {
                    all.merge(one.getKey(), one.getValue(), Integer::sum);
                }
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "-Dtsdb.seed=" + seed + " -Dtsdb.simulation.seeds=1: " + e, e);
            }
        }
        System.out.println("ClusterSimulationTest: " + SEEDS + " seeds, " + all);
        if (SEEDS >= SEEDS_FOR_ALL) {
            assertThat(all)
                    .as("a fault that never comes proves nothing")
                    .containsKeys(HAPPENS.toArray(String[]::new));
        }
    }
}
