package io.tsdb.storage.codec.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;

class SplitEncodingTest extends AbstractEncodingTest {
    private static final int COUNT = 1024;

    private final SplitEncoder encoder = new SplitEncoder(COUNT);

    @Override
    protected boolean takes(long[] values) {
        return encoder.plan(values, values.length) != SplitEncoder.UNFIT;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        int stated = encoder.plan(values, values.length);
        encoder.encode(values, values.length, sink);
        return stated;
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        SplitDecoder.decode(source, count, target);
    }

    private static long[] doubles(DoubleSupplier next) {
        long[] bits = new long[COUNT];
        Arrays.setAll(bits, _ -> Double.doubleToRawLongBits(next.getAsDouble()));
        return bits;
    }

    private double bitsPerValue(long[] bits) {
        return 8.0 * encoder.plan(bits, bits.length) / bits.length;
    }

    /// Between 16 and 32 sign and exponent are the same, and 52 bits are noise.
    @Test
    void oneExponentCostsNothing() {
        var random = new Random(1);
        long[] bits = doubles(() -> 16 + 16 * random.nextDouble());

        assertThat(bitsPerValue(bits)).isBetween(52.0, 52.1);
    }

    /// About zero there are as many exponents as one looks for, and signs: a code stands for four
    /// exponents, and the rare ones are exceptions.
    @Test
    void manyExponentsCostFiveBits() {
        var random = new Random(1);
        long[] bits = doubles(random::nextGaussian);

        assertThat(bitsPerValue(bits)).isBetween(57.0, 57.5);
    }

    /// 29 bits of the mantissa are 0: 23 are left.
    @Test
    void whatWasOf32BitsCostsThose() {
        var random = new Random(1);
        long[] bits = doubles(() -> (float) (16 + 16 * random.nextDouble()));

        assertThat(bitsPerValue(bits)).isBetween(23.0, 23.1);
    }

    @Test
    void bitsWithoutAnyCommonFrontAreNotTaken() {
        var random = new Random(1);
        long[] bits = random.longs(COUNT).toArray();

        assertThat(encoder.plan(bits, COUNT)).isEqualTo(SplitEncoder.UNFIT);
    }

    /// The table of codes is kept between columns.
    @Test
    void aColumnDoesNotDependOnTheOneBefore() {
        var random = new Random(1);
        long[] bits = doubles(() -> 16 + 16 * random.nextDouble());
        var alone = new ByteSink();
        encode(bits, alone);
        encoder.plan(doubles(random::nextGaussian), COUNT);
        var later = new ByteSink();
        encode(bits, later);

        assertThat(later.toByteArray()).isEqualTo(alone.toByteArray());
    }

    @Test
    void decodesDoublesAsTheirBits() {
        var random = new Random(1);
        long[] bits = doubles(random::nextGaussian);
        bits[5] = 0x7FF0_0000_0000_0001L; // signals
        var sink = new ByteSink();
        encode(bits, sink);
        double[] values = new double[COUNT];
        SplitDecoder.decodeBits(new ByteSource(sink.toByteArray(), 0, sink.size()), COUNT, values);

        assertThat(Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray())
                .isEqualTo(bits);
    }
}
