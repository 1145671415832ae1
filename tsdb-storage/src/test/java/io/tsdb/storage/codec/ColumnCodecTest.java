package io.tsdb.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tsdb.storage.codec.EncodingExample.ColumnType;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Whole columns: the choice among encodings, and what every choice owes.
class ColumnCodecTest {
    /// Which encodings a column of a type may begin with, and does for some test column; a change
    /// of the choice shows here.
    private static final Map<ColumnType, Set<EncodingId>> COVERED = new EnumMap<>(ColumnType.class);

    static {
        COVERED.put(
                ColumnType.TIME,
                EnumSet.of(EncodingId.CONSTANT, EncodingId.TIMESTAMP, EncodingId.RAW));
        COVERED.put(
                ColumnType.INT64,
                EnumSet.of(
                        EncodingId.CONSTANT,
                        EncodingId.RUN_LENGTH,
                        EncodingId.FRAME,
                        EncodingId.DELTA,
                        EncodingId.RAW));
        COVERED.put(
                ColumnType.FLOAT64,
                EnumSet.of(
                        EncodingId.CONSTANT,
                        EncodingId.RUN_LENGTH,
                        EncodingId.DECIMAL,
                        EncodingId.XOR,
                        EncodingId.RAW,
                        EncodingId.SPLIT));
        COVERED.put(ColumnType.STRING, EnumSet.of(EncodingId.DICTIONARY));
    }

    private final ColumnEncoder encoder = new ColumnEncoder();

    @ParameterizedTest
    @EnumSource
    void everyTypeUsesItsEncodingsAndNoOther(ColumnType type) {
        Set<EncodingId> used = EnumSet.noneOf(EncodingId.class);
        for (TestColumns.Column column : TestColumns.all(1)) {
            byte[] bytes = type.encode(encoder, column.values(), -1);
            for (EncodingId id : EncodingId.values()) {
                if (id.number() == bytes[0]) {
                    used.add(id);
                }
            }
        }
        assertThat(used).isEqualTo(COVERED.get(type));
    }

    @Test
    void everyEncodingIsUsedByAType() {
        Set<EncodingId> all = EnumSet.noneOf(EncodingId.class);
        COVERED.values().forEach(all::addAll);
        assertThat(all).containsExactlyInAnyOrder(EncodingId.values());
    }

    @Test
    void numbersOfEncodingsArePermanent() {
        assertThat(Arrays.stream(EncodingId.values()).map(id -> id.number() + " " + id))
                .containsExactly(
                        "1 CONSTANT",
                        "2 RUN_LENGTH",
                        "3 FRAME",
                        "4 DELTA",
                        "5 TIMESTAMP",
                        "6 DECIMAL",
                        "7 XOR",
                        "8 DICTIONARY",
                        "9 RAW",
                        "10 SPLIT");
    }

    @ParameterizedTest
    @EnumSource
    void givesValuesBackInNoMoreThanRawBytes(ColumnType type) {
        for (long seed = 1; seed <= 1; seed++) {
            for (TestColumns.Column column : TestColumns.all(seed)) {
                long[] values = column.values();
                for (int hint : new int[] {-1, 0, 2, 15}) {
                    byte[] bytes = type.encode(encoder, values, hint);
                    assertThat(type.decode(bytes, 0, bytes.length, values.length))
                            .as("%s as %s, hint %d, seed %d", column, type, hint, seed)
                            .isEqualTo(values);
                    if (type != ColumnType.STRING) {
                        assertThat(bytes.length)
                                .as("bytes of %s as %s", column, type)
                                .isLessThanOrEqualTo(1 + 8 * values.length + 2);
                    }
                    if (type != ColumnType.FLOAT64) {
                        break;
                    }
                }
            }
        }
    }

    @Test
    void decodesDoublesAsValuesAndAsBitsAlike() {
        for (TestColumns.Column column : TestColumns.all(5)) {
            long[] values = column.values();
            int count = values.length;
            byte[] bytes = ColumnType.FLOAT64.encode(encoder, values, -1);
            long[] bits = new long[count];
            double[] doubles = new double[count];
            ColumnDecoder.decodeDoubleBits(bytes, 0, bytes.length, count, bits);
            ColumnDecoder.decodeDoubles(bytes, 0, bytes.length, count, doubles);
            assertThat(bits).as("%s", column).isEqualTo(values);
            assertThat(Arrays.stream(doubles).mapToLong(Double::doubleToRawLongBits).toArray())
                    .as("%s", column)
                    .isEqualTo(values);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesColumnsCutAtEveryByte(ColumnType type) {
        for (int count : new int[] {1, 2, 9, 256}) {
            for (TestColumns.Column column : TestColumns.ofCount(count, 3)) {
                byte[] bytes = type.encode(encoder, column.values(), -1);
                for (int size = 0;
                        size < bytes.length;
                        size += size < 100 || size > bytes.length - 50 ? 1 : 7) {
                    try {
                        type.decode(bytes, 0, size, count);
                    } catch (CorruptDataException expected) {
                        continue;
                    }
                    fail("%s of %s cut to %d bytes was decoded", type, column, size);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesBytesLeftOver(ColumnType type) {
        for (TestColumns.Column column : TestColumns.ofCount(9, 3)) {
            byte[] bytes = type.encode(encoder, column.values(), -1);
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            try {
                type.decode(longer, 0, longer.length, 9);
            } catch (CorruptDataException expected) {
                assertThat(expected).hasMessageContaining("1 bytes left over");
                continue;
            }
            fail("%s of %s with a byte more was decoded", type, column);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void survivesDamage(long seed) {
        Random random = new Random(seed);
        for (int count : new int[] {1, 9, 257}) {
            for (TestColumns.Column column : TestColumns.ofCount(count, seed)) {
                for (ColumnType type : ColumnType.values()) {
                    byte[] bytes = type.encode(encoder, column.values(), -1);
                    for (int round = 0; round < 30; round++) {
                        byte[] damaged = bytes.clone();
                        int span = Math.min(round < 20 ? 10 : Integer.MAX_VALUE, bytes.length);
                        damaged[random.nextInt(span)] = (byte) random.nextInt();
                        try {
                            type.decode(damaged, 0, damaged.length, count);
                        } catch (CorruptDataException expected) {
                            assertThat(expected.offset()).isBetween(0L, (long) damaged.length);
                        }
                    }
                }
            }
        }
    }

    @Test
    void smallBlocksAreSmall() {
        assertThat(ColumnType.INT64.encode(encoder, new long[] {100, 103}, -1)).hasSize(5);
        assertThat(
                        ColumnType.FLOAT64.encode(
                                encoder,
                                new long[] {
                                    Double.doubleToRawLongBits(21.5),
                                    Double.doubleToRawLongBits(21.7)
                                },
                                -1))
                .hasSize(8);
    }

    @Test
    void aRegularStepCostsNothingPerTime() {
        long[] times = new long[1024];
        Arrays.setAll(times, i -> 1_700_000_000_000_000_000L + i * 10_000_000_000L);

        assertThat(ColumnType.TIME.encode(encoder, times, -1)).hasSizeLessThan(20);
    }

    @Test
    void jitterOfMillisecondsCostsItsBitsOnly() {
        Random random = new Random(1);
        long[] times = new long[1024];
        Arrays.setAll(
                times,
                i -> 1_700_000_000_000_000_000L + (i * 10_000L + random.nextInt(64)) * 1_000_000L);

        // differences span 127 ms: 7 bits
        assertThat(ColumnType.TIME.encode(encoder, times, -1)).hasSizeLessThan(1024 * 7 / 8 + 20);
    }

    @Test
    void stringsThatAllDifferCostTheirBytesAndLengths() {
        byte[] heap = new byte[4000];
        for (int i = 0; i < 1000; i++) {
            System.arraycopy(
                    Integer.toString(1000 + i).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    0,
                    heap,
                    4 * i,
                    4);
        }
        long[] refs = new long[1000];
        Arrays.setAll(refs, i -> (4L * i << 32) | 4);
        ByteSink sink = new ByteSink();
        encoder.encodeStrings(heap, refs, 1000, sink);

        assertThat(sink.size()).isLessThan(5000 + 20);
        assertThat(List.of(ColumnDecoder.decodeDictionary(sink.bytes(), 0, sink.size(), 1000)))
                .hasSize(1000);
    }
}
