package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.TestNumbers;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;

class BatchRoundTripTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20260729);

    private static byte[] encode(PointBatch batch) {
        var buffer = new EncodeBuffer(16);
        new BatchEncoder().encode(batch, buffer);
        return Arrays.copyOf(buffer.bytes(), buffer.position());
    }

    private static PointBatch decode(byte[] bytes) {
        byte[] slack = Arrays.copyOf(bytes, bytes.length + EncodeBuffer.SLACK_BYTES);
        return new BatchDecoder().decode(new DecodeCursor("test", 0, slack, 0, bytes.length));
    }

    @Test
    void roundTripsRandomBatches() {
        var encoder = new BatchEncoder();
        var decoder = new BatchDecoder();
        var buffer = new EncodeBuffer(16);
        for (int round = 0; round < 600; round++) {
            var random = new Random(SEED + round);
            PointBatch batch = RandomBatches.draw(random);
            buffer.position(0);
            encoder.encode(batch, buffer);
            var cursor = new DecodeCursor("test", 0, buffer.bytes(), 0, buffer.position());
            PointBatch decoded = decoder.decode(cursor);
            assertThat(cursor.remaining()).isZero();
            assertThat(RandomBatches.describe(decoded))
                    .as("-Dtsdb.seed=%d", SEED + round)
                    .isEqualTo(RandomBatches.describe(batch));
        }
    }

    @Test
    void roundTripsAReusedBatchWithDroppedAndReplacedRows() {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        batch.rows("gone").addRow(1, 2);
        rows.column("old", FieldType.INT64).put(rows.addRow(0, 1), 5);
        batch.clear();
        for (int i = 0; i < 100; i++) {
            int row = rows.addRow(i, i);
            rows.column("a", FieldType.INT64).put(row, i);
            rows.column("a", FieldType.INT64).put(row, i + 1);
            rows.column("b", FieldType.BOOL).put(row, i & 1);
            if (i % 3 == 0) {
                rows.dropLastRow();
            }
        }
        TestNumbers.number(batch);
        assertThat(RandomBatches.describe(decode(encode(batch))))
                .isEqualTo(RandomBatches.describe(batch))
                .hasSize(66 + 4);
    }

    @Test
    void roundTripsIntegersOfEveryWidth() {
        var random = new Random(SEED);
        for (int width = 0; width <= 64; width++) {
            for (int count : new int[] {1, 2, 63, 255, 256}) {
                long[] values = new long[IntegerFrame.VALUES_MAX];
                for (int i = 0; i < count; i++) {
                    values[i] = width == 0 ? 42 : random.nextLong() >>> (64 - width);
                }
                long[] expected = values.clone();
                var buffer = new EncodeBuffer(16);
                IntegerFrame.encode(values, count, random.nextBoolean(), 0, buffer);
                long[] decoded = new long[IntegerFrame.VALUES_MAX];
                var cursor = new DecodeCursor("test", 0, buffer.bytes(), 0, buffer.position());
                IntegerFrame.decode(cursor, decoded, count);
                assertThat(Arrays.copyOf(decoded, count)).isEqualTo(Arrays.copyOf(expected, count));
                assertThat(cursor.remaining()).isZero();
            }
        }
    }

    /// The goal of the format: a TSBS line of ten integers in at most 14 bytes.
    @Test
    void keepsATsbsLineBelow14Bytes() {
        PointBatch batch = TsbsBatches.cpu(5_000, 1_000);
        byte[] bytes = encode(batch);
        assertThat(bytes.length / 5_000.0).isLessThan(14);
        assertThat(RandomBatches.describe(decode(bytes))).isEqualTo(RandomBatches.describe(batch));
    }

    @Test
    void refusesEveryTruncationByName() {
        PointBatch batch = RandomBatches.draw(new Random(SEED + 3));
        byte[] bytes = encode(batch);
        assertThat(bytes.length).isGreaterThan(100);
        for (int length = 0; length < bytes.length; length += 1 + length / 300) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void survivesMutatedBytes() {
        byte[] bytes = encode(RandomBatches.draw(new Random(SEED + 3)));
        var random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] mutated = bytes.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            try {
                decode(mutated);
            } catch (CorruptDataException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void keepsDecimalsOfFloatColumns() {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        for (int i = 0; i < 300; i++) {
            int row = rows.addRow(i, i);
            rows.column("t", FieldType.FLOAT64)
                    .putDouble(row, Double.doubleToRawLongBits(20 + i / 10.0), 1);
        }
        byte[] bytes = encode(TestNumbers.number(batch));
        FieldColumn decoded = decode(bytes).measurements().getFirst().columns().getFirst();
        assertThat(decoded.decimals()).isEqualTo(1);
        assertThat(bytes.length).isLessThan(300 * 2);
    }
}
