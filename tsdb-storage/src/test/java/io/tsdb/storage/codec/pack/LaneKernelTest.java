package io.tsdb.storage.codec.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.codec.TestColumns;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;

/// Plain loops and vectors give the same bits.
class LaneKernelTest {
    private static final int[] COUNTS = {1, 7, 8, 9, 255, 256, 257, 1000, 1023, 1024};

    private final LaneKernel scalar = new ScalarLaneKernel();
    private final LaneKernel vector = new VectorLaneKernel();

    @Test
    void theTestJvmHasTheVectorModule() {
        assertThat(LaneKernel.best()).isInstanceOf(WarmingLaneKernel.class);
    }

    @Test
    void packTheSameBytesAndGiveThemBackInEveryWidth() {
        Random random = new Random(1);
        for (int width = 1; width <= LaneLayout.WIDTH_MAX; width++) {
            for (int count : COUNTS) {
                long[] residuals = new long[(count + 7) / 8 * 8];
                for (int i = 0; i < count; i++) {
                    residuals[i] = random.nextInt() & LaneLayout.mask(width);
                }
                int size = LaneLayout.sizeBytes(count, width);
                byte[] plain = new byte[size + 3];
                byte[] vectors = new byte[size + 3];
                scalar.pack(residuals, count, width, plain, 3);
                vector.pack(residuals, count, width, vectors, 3);
                assertThat(vectors).as("width %d count %d", width, count).isEqualTo(plain);

                for (LaneKernel kernel : new LaneKernel[] {scalar, vector}) {
                    long[] target = new long[count];
                    kernel.unpack(plain, 3, count, width, -77, target);
                    for (int i = 0; i < count; i++) {
                        assertThat(target[i]).isEqualTo(residuals[i] - 77);
                    }
                }
                assertSameDoubles(plain, count, width);
            }
        }
    }

    private void assertSameDoubles(byte[] packed, int count, int width) {
        double[] plain = new double[count];
        double[] vectors = new double[count];
        scalar.unpackBits(packed, 3, count, width, plain);
        vector.unpackBits(packed, 3, count, width, vectors);
        assertThat(bits(vectors)).as("bits, width %d", width).isEqualTo(bits(plain));

        scalar.bitsToDecimals(plain, count, -(1L << 50), 1e7);
        vector.bitsToDecimals(vectors, count, -(1L << 50), 1e7);
        assertThat(bits(vectors)).as("converted, width %d", width).isEqualTo(bits(plain));

        scalar.unpackDecimals(packed, 3, count, width, -(1L << 50), 1e7, plain);
        assertThat(bits(plain)).as("fused, width %d", width).isEqualTo(bits(vectors));
        vector.unpackDecimals(packed, 3, count, width, -(1L << 50), 1e7, vectors);
        assertThat(bits(vectors)).as("fused vectors, width %d", width).isEqualTo(bits(plain));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void scaleTheSameValuesAndMissTheSame(long seed) {
        for (TestColumns.Column column : TestColumns.all(seed)) {
            int count = column.values().length;
            for (double factor : new double[] {1, 10, 1e6, 1e15}) {
                long[] plain = new long[count];
                long[] vectors = new long[count];
                int plainMisses = scalar.scale(column.values(), count, factor, plain);
                int vectorMisses = vector.scale(column.values(), count, factor, vectors);
                assertThat(vectorMisses).as("%s times %s", column, factor).isEqualTo(plainMisses);
                assertThat(vectors).as("%s times %s", column, factor).isEqualTo(plain);
            }
        }
    }

    @Test
    void refuseWhatOnlyLooksLikeAScaledInteger() {
        // times 1 these overflow into the pattern of a small or of the least integer
        long[] bits = {
            Double.doubleToRawLongBits(-3 * 0x1p52),
            Double.doubleToRawLongBits(0x1p51),
            Double.doubleToRawLongBits(-0x1p51),
            Double.doubleToRawLongBits(1e300),
        };
        for (LaneKernel kernel : new LaneKernel[] {scalar, vector}) {
            assertThat(kernel.scale(bits, 4, 1, new long[4])).isEqualTo(4);
        }
    }

    private static long[] bits(double[] values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }
}
