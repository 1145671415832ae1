package io.tsdb.cluster.delete;

import static io.tsdb.cluster.rpc.DataPortPage.example;
import static io.tsdb.cluster.rpc.DataPortPage.mutated;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/// The bytes of `docs/protocol/data-port.md`, and what becomes of any others.
class DeleteRequestTest {
    private static final int MUTATIONS = 50_000;

    private static final DeleteRequest REQUEST =
            new DeleteRequest(
                    Duration.ofSeconds(1),
                    7,
                    new ScanSpec("db", "cpu", new TimeRange(0, 1000), null, null));

    @Test
    void thePageShowsTheBytes() throws IOException {
        assertThat(REQUEST.toBytes()).isEqualTo(example("delete"));
        assertThat(DeleteRequest.of(example("delete"))).isEqualTo(REQUEST);
        var deleted = new DeleteAnswer.Deleted(42);
        assertThat(deleted.toBytes()).isEqualTo(example("deleted"));
        assertThat(DeleteAnswer.of(example("deleted"))).isEqualTo(deleted);
    }

    /// A request, or a named error; and so of answers.
    @Test
    void survivesAnyBytes() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("DeleteRequestTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            try {
                DeleteRequest.of(mutated(REQUEST.toBytes(), random));
            } catch (WireException | IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
            }
            try {
                DeleteAnswer.of(mutated(new DeleteAnswer.Deleted(42).toBytes(), random));
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains("an answer of");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(MUTATIONS / 100);
    }
}
