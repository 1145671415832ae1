package io.tsdb.storage.codec.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.ResidualPlan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampEncodingTest extends AbstractEncodingTest {
    private final ResidualPlan plan = new ResidualPlan();

    @Override
    protected boolean takes(long[] values) {
        long[] deltas = deltas(values);
        TimestampEncoder.countInUnits(deltas, values.length);
        plan.plan(deltas, values.length, min(deltas), max(deltas));
        return plan.sizeBytes() < ResidualPlan.IMPOSSIBLE;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        long[] deltas = deltas(values);
        long start = values[0] - deltas[0];
        int exponent = TimestampEncoder.countInUnits(deltas, values.length);
        plan.plan(deltas, values.length, min(deltas), max(deltas));
        TimestampEncoder.encode(exponent, start, deltas, values.length, plan, new long[1024], sink);
        return TimestampEncoder.sizeBytes(start, plan);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        TimestampDecoder.decode(source, count, target);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "999, 0",
        "1001, 0",
        "8000, 1",
        "125, 0",
        "1000, 1",
        "-1000, 1",
        "500000, 1",
        "1000000, 2",
        "-7000000, 2",
        "1000000000, 3",
        "1000000000000, 3",
        "9223372036854775807, 0",
        "-9223372036854775808, 0",
        "9223372036854775000, 1"
    })
    void countsInTheCoarsestUnitThatIsLossless(long delta, int exponent) {
        long[] deltas = {delta, 0, delta};

        assertThat(TimestampEncoder.countInUnits(deltas, 3)).isEqualTo(exponent);
        assertThat(deltas[0] * (long) Math.pow(1000, exponent)).isEqualTo(delta);
    }

    @Test
    void looksAtEveryDifferenceBeforeItTakesAUnit() {
        long[] deltas = {1000, 2000, 1001, 1000};

        assertThat(TimestampEncoder.countInUnits(deltas, 4)).isZero();
        assertThat(deltas).containsExactly(1000, 2000, 1001, 1000);
    }
}
