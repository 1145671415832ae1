package io.tsdb.cluster.raft;

import static io.tsdb.cluster.raft.AppendOutcome.DELIVERED;
import static io.tsdb.cluster.raft.AppendOutcome.EARLY;
import static io.tsdb.cluster.raft.AppendOutcome.REPEATED;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

class OriginsTest {
    private final Origins origins = new Origins();

    @Test
    void deliversEachAppendOnceAndInOrder() {
        assertThat(origins.accept(7, 1, 1)).isEqualTo(DELIVERED);
        assertThat(origins.accept(7, 1, 1)).isEqualTo(REPEATED);
        assertThat(origins.accept(7, 3, 1)).isEqualTo(EARLY);
        assertThat(origins.accept(7, 2, 1)).isEqualTo(DELIVERED);
        assertThat(origins.accept(7, 3, 2)).isEqualTo(DELIVERED);
        assertThat(origins.accept(8, 1, 1)).as("another origin").isEqualTo(DELIVERED);
    }

    /// Append 2 was given up: it must not come behind 3, whose sender saw it settled.
    @Test
    void passesOverWhatWasGivenUp() {
        origins.accept(7, 1, 1);
        assertThat(origins.accept(7, 3, 3)).isEqualTo(DELIVERED);
        assertThat(origins.accept(7, 2, 1)).isEqualTo(REPEATED);
    }

    @Test
    void keepsWhatItKnowsInASnapshot() {
        origins.accept(7, 1, 1);
        origins.accept(-9, 4, 4);
        ByteBuffer bytes = ByteBuffer.allocate(origins.sizeBytes());
        origins.put(bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        Origins read = Origins.get(bytes.flip());
        assertThat(read.accept(7, 1, 1)).isEqualTo(REPEATED);
        assertThat(read.accept(7, 2, 1)).isEqualTo(DELIVERED);
        assertThat(read.accept(-9, 5, 5)).isEqualTo(DELIVERED);
    }

    /// On every replica the same one goes: the one that was heard of least recently.
    @Test
    void forgetsTheOriginThatWasSilentForLongest() {
        for (int origin = 0; origin < Origins.ORIGINS_MAX; origin++) {
            origins.accept(origin, 1, 1);
        }
        origins.accept(0, 2, 1);
        origins.accept(-1, 1, 1);
        assertThat(origins.accept(0, 2, 1)).isEqualTo(REPEATED);
        assertThat(origins.accept(1, 1, 1)).as("forgotten").isEqualTo(DELIVERED);
    }
}
