package io.tsdb.cluster.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class MemoryPlanTest {
    private static final long SEED = Long.getLong("tsdb.seed", System.nanoTime());
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /// Those that a setting names.
    private static final List<MemoryPart> SETTABLE =
            List.of(
                    MemoryPart.HEAD,
                    MemoryPart.BLOCK_CACHE,
                    MemoryPart.PART_INDEXES,
                    MemoryPart.SERIES,
                    MemoryPart.QUERIES);

    private static NodeConfig config(Map<ConfigKey, String> options) {
        return NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), options));
    }

    private static MemoryPlan plan(long machine, long heap, Map<ConfigKey, String> options) {
        return MemoryPlan.of(config(options), machine, heap, 2);
    }

    private static long sum(MemoryPlan plan) {
        return plan.reserved().values().stream().mapToLong(Long::longValue).sum();
    }

    /// Whatever is set, from nothing to twice of what there is.
    @Test
    void theSumIsNeverAboveTheNumber() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        int refused = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            long limit = (long) (MIB * Math.pow(2, 20 * random.nextDouble()));
            int shards = 1 + random.nextInt(random.nextBoolean() ? 8 : 1024);
            var set = new EnumMap<MemoryPart, Long>(MemoryPart.class);
            for (MemoryPart part : SETTABLE) {
                if (random.nextInt(3) == 0) {
                    set.put(part, (long) (limit * Math.pow(random.nextDouble(), 3) * 2));
                }
            }
            String what = "seed %d: %d of %d shards, %s".formatted(SEED, limit, shards, set);
            try {
                MemoryPlan plan = MemoryPlan.of(limit, shards, set);
                assertThat(sum(plan)).as(what).isLessThanOrEqualTo(limit);
                assertThat(plan.reserved()).as(what).containsAllEntriesOf(set);
                for (MemoryPart part : MemoryPart.values()) {
                    if (!set.containsKey(part)) {
                        assertThat(plan.bytes(part))
                                .as("%s: %s", what, part)
                                .isBetween(part.bytesMin(), part.bytesMax());
                    }
                }
            } catch (ConfigException e) {
                refused++;
                assertThat(e.getMessage())
                        .as(what)
                        .matches("[a-z, -]+: .*: set \\d+MiB at (most|least), or .*");
            }
        }
        assertThat(refused).isBetween(rounds / 10, rounds / 10 * 9);
    }

    /// What is not used by one that has all that it can use is for the others.
    @Test
    void nearlyAllIsGiven() {
        for (long limit = 64 * MIB; limit <= 64 * GIB; limit *= 2) {
            MemoryPlan plan = MemoryPlan.of(limit, 2, Map.of());
            assertThat(sum(plan)).isBetween(limit - 1000, limit);
        }
    }

    /// A machine of 24 GiB, as the launcher has it: of a heap of 2,867 MiB the JVM says some 2,800.
    @Test
    void aLargeMachineHasWhatItHadInShares() {
        MemoryPlan plan = plan(24 * GIB, 2_800 * MIB, Map.of());
        assertThat(plan.limitBytes()).isEqualTo(2_434 * MIB);
        assertThat(plan.bytes(MemoryPart.HEAD)).isGreaterThan(640 * MIB);
        assertThat(plan.bytes(MemoryPart.BLOCK_CACHE)).isGreaterThan(590 * MIB);
        assertThat(plan.bytes(MemoryPart.QUERIES)).isGreaterThan(400 * MIB);
        assertThat(plan.bytes(MemoryPart.NETWORK)).isEqualTo(416 * MIB);
        assertThat(plan.seriesBytesMax()).isGreaterThan(520 * MIB);
        assertThat(plan.toString()).matches("2434MiB: head 6\\d+MiB, .*, log_queues 8\\dMiB");
    }

    @ParameterizedTest
    @CsvSource({
        "24576, 20000, 4096", // however much there is
        "4096, 4096, 2048", // half of it
        "512, 512, 256",
        "24576, 455, 383", // what a heap of 512 MiB carries
        "512, 160, 124"
    })
    void itIsHalfOfTheMachineAndNoMoreThanTheHeapCarries(long machine, long heap, long limit) {
        assertThat(plan(machine * MIB, heap * MIB, Map.of()).limitBytes() / MIB)
                .isBetween(limit - 1, limit);
    }

    @Test
    void whatIsSetIsWhatItIs() {
        MemoryPlan plan =
                plan(
                        24 * GIB,
                        8 * GIB,
                        Map.of(
                                ConfigKey.MEMORY, "6GiB",
                                ConfigKey.HEAD_MEMORY, "3GiB",
                                ConfigKey.SERIES_MEMORY, "100MiB",
                                ConfigKey.CACHE_MEMORY, "1GiB",
                                ConfigKey.QUERY_BUDGET, "1"));
        assertThat(plan.limitBytes()).isEqualTo(6 * GIB);
        assertThat(plan.bytes(MemoryPart.HEAD)).isEqualTo(3 * GIB);
        assertThat(plan.bytes(MemoryPart.SERIES)).isEqualTo(100 * MIB);
        assertThat(plan.bytes(MemoryPart.BLOCK_CACHE) + plan.bytes(MemoryPart.PART_INDEXES))
                .isEqualTo(GIB);
        assertThat(plan.bytes(MemoryPart.QUERIES)).isEqualTo(1);
    }

    /// Each shard takes a mebibyte, whatever is set.
    @Test
    void manyShardsHaveALargerHead() {
        assertThat(
                        plan(
                                        GIB,
                                        GIB,
                                        Map.of(
                                                ConfigKey.SHARDS, "200",
                                                ConfigKey.HEAD_MEMORY, "1MiB"))
                                .bytes(MemoryPart.HEAD))
                .isEqualTo(200 * MIB);
        assertThat(MemoryPlan.of(264 * MIB, 200, Map.of()).bytes(MemoryPart.HEAD))
                .isGreaterThanOrEqualTo(200 * MIB);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory=3GiB | memory: 3072MiB is more than a heap of 2800MiB can carry: set"
                        + " 2434MiB at most, or ",
                "memory=20MiB | memory: 20MiB is less than a node needs: set 54MiB at least, or ",
                "head-memory=8GiB | head-memory: 8192MiB does not fit into memory, which is"
                        + " 2434MiB, of which all else needs 46MiB: set 2388MiB at most, or ",
                "memory=100MiB query-budget=70MiB | query-budget: 70MiB does not fit into memory,"
                        + " which is 100MiB, of which all else needs 46MiB: set 54MiB at most, or ",
                "cache-memory=2GiB series-memory=1GiB | cache-memory, series-memory: 3072MiB does"
                        + " not fit into memory, which is 2434MiB, of which all else needs 41MiB:"
                        + " set 2393MiB at most, or ",
                "head-memory=8000000TiB series-memory=8000000TiB | head-memory, series-memory: "
            })
    void whatDoesNotFitIsSaidWithWhatWould(String settings, String message) {
        var options = new EnumMap<ConfigKey, String>(ConfigKey.class);
        for (String setting : settings.split(" ")) {
            String[] pair = setting.split("=");
            options.put(ConfigKey.of(pair[0]).orElseThrow(), pair[1]);
        }
        assertThatThrownBy(() -> plan(24 * GIB, 2_800 * MIB, options))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message.strip())
                .hasMessageEndingWith(
                        "give the node more (TSDB_MEMORY_MIB, or the limit of the container)");
    }
}
