package io.tsdb.cluster.read;

import static io.tsdb.cluster.rpc.DataPortPage.example;
import static io.tsdb.cluster.rpc.DataPortPage.mutated;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.WireException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/// The bytes of `docs/protocol/data-port.md`, and what becomes of any others.
class ShardRequestTest {
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
}
