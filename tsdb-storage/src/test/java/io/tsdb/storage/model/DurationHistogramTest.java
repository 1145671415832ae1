package io.tsdb.storage.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    /// A bound belongs to what is up to it, as Prometheus' `le` says.
    @Test
    void countsUpToEachBound() {
        var histogram = new DurationHistogram();
        histogram.record(0);
        histogram.record(100_000);
        histogram.record(100_001);
        histogram.record(60_000_000_000L);
        histogram.record(60_000_000_001L);
        DurationHistogram.Snapshot seen = histogram.snapshot();
        assertThat(seen.counts()[0]).isEqualTo(2);
        assertThat(seen.counts()[1]).isEqualTo(1);
        int last = seen.counts().length - 1;
        assertThat(seen.counts()[last - 1]).isEqualTo(1);
        assertThat(seen.counts()[last]).isEqualTo(1);
        assertThat(seen.count()).isEqualTo(5);
        assertThat(seen.nanosTotal()).isEqualTo(120_000_200_002L);
        assertThat(seen.boundNanos()).isSorted();
        assertThat(seen.boundNanos()[last]).isEqualTo(Long.MAX_VALUE);
    }
}
