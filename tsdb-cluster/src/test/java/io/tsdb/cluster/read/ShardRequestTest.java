package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.WireException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The bytes of `docs/protocol/data-port.md`, and what becomes of any others.
class ShardRequestTest {
    private static final Path PAGE = Path.of("docs/protocol/data-port.md");
    private static final int MUTATIONS = 50_000;

    private static final ShardRequest REQUEST =
            new ShardRequest(
                    Consistency.EVENTUAL,
                    true,
                    Duration.ofSeconds(1),
                    256 << 10,
                    10_000_000,
                    7,
                    new Fragment.Series("db", "cpu"));

    private static final ShardRefusal REFUSAL =
            ShardRefusal.of(
                    new QueryException(
                            QueryErrorCode.OUT_OF_RANGE, new Position(1, 8), "too large"));

    private static byte[] example(String name) throws IOException {
        Matcher example =
                Pattern.compile("```hex " + name + "\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE));
        assertThat(example.find()).isTrue();
        String hex = example.group(1).replaceAll("#[^\n]*", "").replaceAll("\\s", "");
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void thePageShowsTheBytes() throws IOException {
        assertThat(REQUEST.toBytes()).isEqualTo(example("run"));
        assertThat(ShardRequest.of(example("run"))).isEqualTo(REQUEST);
        assertThat(REFUSAL.toBytes()).isEqualTo(example("refused"));
        assertThat(ShardRefusal.read(example("refused"))).isEqualTo(REFUSAL);
    }

    /// A request or a named error; a refusal always.
    @Test
    void survivesAnyBytes() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("ShardRequestTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] request = mutated(REQUEST.toBytes(), random);
            try {
                assertThat(ShardRequest.of(request).windowBytes()).isPositive();
            } catch (WireException | IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
            }
            ShardRefusal refusal = ShardRefusal.read(mutated(REFUSAL.toBytes(), random));
            assertThat(refusal.toException("shard 1").text()).isNotNull();
        }
        assertThat(refused).isPositive();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutated =
                java.util.Arrays.copyOf(
                        bytes, bytes.length - random.nextInt(4) * random.nextInt(4));
        for (int change = 0; change < 1 + random.nextInt(3); change++) {
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
        }
        return mutated;
    }
}
