package io.tsdb.loadgen.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class PaceTest {
    /// 100 devices every 10 s on 2 lanes: 50 points a lane and step, 10 a batch.
    private static final StreamConfig CONFIG =
            new StreamConfig(
                    "cpu-only",
                    100,
                    1,
                    0,
                    10_000_000_000L,
                    100,
                    2,
                    10,
                    Precision.NS,
                    Disorder.NONE);

    private static List<Long> dueMillis(Pace pace, int lane, long firstBatch) {
        StreamSource source = new StreamSource(CONFIG, lane, pace, firstBatch);
        LineBuffer buffer = new LineBuffer(1 << 12);
        List<Long> due = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            due.add(source.dueNanos() / 1_000_000);
            source.next(buffer);
        }
        return due;
    }

    @Test
    void spreadsTheDevicesOfAStepOverTheInterval() {
        assertThat(dueMillis(new Pace(0, 1), 0, 0))
                .containsExactly(0L, 2000L, 4000L, 6000L, 8000L, 10_000L);
        assertThat(dueMillis(new Pace(0, 10), 1, 0))
                .containsExactly(0L, 200L, 400L, 600L, 800L, 1000L);
    }

    @Test
    void sharesARateAmongTheLanesInTurns() {
        assertThat(dueMillis(new Pace(100, 0), 0, 0))
                .containsExactly(0L, 200L, 400L, 600L, 800L, 1000L);
        assertThat(dueMillis(new Pace(100, 0), 1, 0))
                .containsExactly(100L, 300L, 500L, 700L, 900L, 1100L);
    }

    @Test
    void beginsAnewWhenARunGoesOn() {
        assertThat(dueMillis(new Pace(100, 0), 0, 17).getFirst()).isZero();
        assertThat(dueMillis(new Pace(0, 1), 0, 17).getFirst()).isZero();
    }

    @Test
    void refusesTwoPacesAtOnce() {
        assertThatThrownBy(() -> new Pace(100, 1)).hasMessageContaining("give one of them");
    }
}
