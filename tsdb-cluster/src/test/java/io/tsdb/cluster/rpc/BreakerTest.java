package io.tsdb.cluster.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

class BreakerTest {
    private static final long MILLI = 1_000_000;

    private final List<String> told = new ArrayList<>();
    private final Breaker breaker = new Breaker(told::add);

    @Test
    void leavesAMemberAloneLongerAfterEachFailure() {
        assertThat(breaker.lets(0)).isTrue();
        long now = 0;
        for (long pause : new long[] {250, 500, 1_000, 2_000, 4_000, 8_000, 8_000}) {
            breaker.failed(now, new IOException("refused"));
            assertThat(breaker.lets(now + pause * MILLI - 1)).isFalse();
            now += pause * MILLI;
            assertThat(breaker.lets(now)).as("after %d ms", pause).isTrue();
        }
        breaker.succeeded();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.lets(now)).isTrue();
    }

    /// Another replica was faster, so that nobody waits for what the one that tries is told.
    @Test
    void theNextRequestTriesWhenOneEndsWithoutAWord() {
        breaker.failed(0, new IOException("refused"));
        assertThat(breaker.lets(250 * MILLI)).isTrue();
        assertThat(breaker.lets(251 * MILLI)).as("one at a time").isFalse();
        assertThat(breaker.lets(3_249 * MILLI)).isFalse();
        assertThat(breaker.lets(3_250 * MILLI)).isTrue();
    }

    @Test
    void tellsWhenAMemberFallsSilentAndWhenItIsBack() {
        breaker.succeeded();
        breaker.failed(0, new IOException("refused"));
        breaker.failed(0, new IOException("refused again"));
        breaker.succeeded();
        breaker.succeeded();
        assertThat(told).containsExactly("does not answer: refused", "answers again");
        assertThat(breaker.reason()).isEqualTo("refused again");
    }
}
