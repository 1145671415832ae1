package io.tsdb.storage.codec.decimal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.TestColumns;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

/// The integers behind the head are written here as they are.
class DecimalEncodingTest extends AbstractEncodingTest {
    private final DecimalEncoder encoder = new DecimalEncoder(1024);
    private final long[] scaled = new long[1024];

    @Override
    protected boolean takes(long[] values) {
        return encoder.scale(values, values.length, -1, scaled) != DecimalEncoder.UNFIT;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        int decimals = encoder.scale(values, values.length, -1, scaled);
        encoder.encode(decimals, sink);
        int size = encoder.sizeBytes() + 8 * values.length;
        for (int i = 0; i < values.length; i++) {
            sink.putLong(scaled[i]);
        }
        return size;
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        DecimalDecoder decoder = new DecimalDecoder(source);
        for (int i = 0; i < count; i++) {
            target[i] = source.readLong();
        }
        decoder.finishBits(target, count);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 0",
        "-7, 0",
        "0.1, 1",
        "0.3, 1",
        "21.57, 2",
        "-1e-15, 15",
        "1e15, 0",
        "2251799813685247, 0",
        "2251799813685248, -1",
        "1e16, -1",
        "0.1234567890123456, -1",
        "1e-16, -1",
        "1.414213562373095, 15"
    })
    void findsTheFewestPlaces(double value, int places) {
        assertThat(encoder.scale(bits(value), 1, -1, scaled)).isEqualTo(places);
    }

    @Test
    void takesNoMorePlacesThanTheValuesNeedWhateverTheHint() {
        assertThat(encoder.scale(bits(1.5, 2.5), 2, 9, scaled)).isEqualTo(1);
    }

    @Test
    void findsPlacesThatTheSampleMissed() {
        double[] values = new double[1000];
        Arrays.setAll(values, i -> i % 7 == 3 ? i + 0.25 : i);

        assertThat(encoder.scale(bits(values), 1000, -1, scaled)).isEqualTo(2);
        assertThat(encoder.sizeBytes()).as("no exceptions").isEqualTo(1);
    }

    @Test
    void leavesOneValueOfManyPlacesAsAnException() {
        double[] values = new double[1000];
        Arrays.setAll(values, i -> i);
        values[501] = 0.123456789;

        assertThat(encoder.scale(bits(values), 1000, -1, scaled)).isZero();
        assertThat(encoder.sizeBytes()).isEqualTo(1 + 2 + 10);
        assertThat(scaled[501]).as("an exception repeats the integer before it").isEqualTo(500);
    }

    @Test
    void refusesColumnsWithoutDecimals() {
        assertThat(encoder.scale(TestColumns.ODD_DOUBLES, 9, 2, scaled))
                .isEqualTo(DecimalEncoder.UNFIT);
    }

    private static long[] bits(double... values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }
}
