package io.tsdb.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tsdb.storage.block.BlockRows.Bits;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

class BlockTest {
    private final BlockBuilder builder = new BlockBuilder();

    /// 1 and 2: the smallest; 16 and 17: without and with stored statistics; 63 to 65: words of
    /// presence; 255 and 256: packing in lanes; 1023 and 1024: the largest.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 17, 63, 64, 65, 255, 256, 700, 1023, 1024})
    void givesRowsBackWithExactStatistics(int points) {
        for (long seed = 1; seed <= 6; seed++) {
            var rows = rows(points, new Random(seed * 10_007 + points));

            Block block = BlockRows.build(builder, rows);

            assertThat(BlockRows.read(block)).as("seed %d", seed).isEqualTo(rows);
            assertThat(block.pointCount()).isEqualTo(points);
            assertThat(block.minTime()).isEqualTo(rows.firstKey());
            assertThat(block.maxTime()).isEqualTo(rows.lastKey());
            for (int column = 0; column < block.columnCount(); column++) {
                int field = block.fieldIndex(column);
                assertThat(block.columnOf(field)).isEqualTo(column);
                assertThat(block.statistics(column))
                        .as("statistics of field %d, seed %d", field, seed)
                        .isEqualTo(statistics(rows, field));
            }
            assertThat(block.columnOf(4)).as("a field that no row has").isEqualTo(-1);
        }
    }

    @Test
    void leavesOutColumnsWithoutValues() {
        builder.begin(new long[] {1, 2}, 2);
        builder.longs(0, FieldType.INT64, new long[2], new long[16]);
        builder.doubles(3, new long[2], -1, new long[16]);
        builder.strings(5, new byte[0], new long[2], new long[16]);
        Block block = builder.build();

        assertThat(block.columnCount()).isZero();
        assertThat(block.columnOf(0)).isEqualTo(-1);
    }

    @Test
    void ignoresPresenceBitsPastTheRows() {
        long[] presence = new long[16];
        Arrays.fill(presence, -1);
        builder.begin(new long[] {1, 2, 3}, 3);
        builder.longs(0, FieldType.INT64, new long[] {4, 5, 6}, presence);
        Block block = builder.build();

        assertThat(block.decodeLongs(0, new long[3], new long[16])).isEqualTo(Presence.ALL);
        assertThat(block.statistics(0).count()).isEqualTo(3);
    }

    @Test
    void tellsWhenASumPasses64Bits() {
        long[] times = new long[20];
        Arrays.setAll(times, i -> i);
        long[] values = new long[20];
        values[3] = Long.MAX_VALUE;
        values[4] = Long.MAX_VALUE;
        builder.begin(times, 20);
        builder.longs(0, FieldType.INT64, values, null);
        values[5] = -Long.MAX_VALUE;
        builder.longs(1, FieldType.INT64, values, null);
        Block block = builder.build();

        assertThat(block.statistics(0).sumExact()).isFalse();
        assertThat(block.statistics(1).sumExact()).as("passed on the way only").isTrue();
        assertThat(block.statistics(1).sumBits()).isEqualTo(Long.MAX_VALUE);
    }

    /// A processor gives the NaN of an addition a sign, a compiler that folds it does not.
    @Test
    void aSumThatIsNoNumberHasOneForm() {
        for (int points : new int[] {2, 1024}) {
            long[] times = new long[points];
            Arrays.setAll(times, i -> i);
            double[] values = new double[points];
            values[0] = Double.POSITIVE_INFINITY;
            values[points - 1] = Double.NEGATIVE_INFINITY;
            for (int round = 0; round < 2_000; round++) {
                builder.begin(times, points);
                builder.doubles(0, bits(values), -1, null);

                assertThat(builder.build().statistics(0).sumBits())
                        .isEqualTo(Double.doubleToLongBits(Double.NaN));
            }
        }
    }

    @Test
    void keepsItsSizeInTheBudget() {
        Block small = BlockRows.build(builder, new TreeMap<>(Map.of(1L, Map.of(0, 7L))));
        long[] times = new long[1024];
        long[] values = new long[1024];
        Random random = new Random(1);
        Arrays.setAll(times, i -> i);
        Arrays.setAll(values, _ -> random.nextLong());
        builder.begin(times, 1024);
        builder.longs(0, FieldType.INT64, values, null);

        assertThat(small.sizeBytes()).isBetween(64, 128);
        assertThat(builder.build().sizeBytes()).isBetween(8192 + 64, 8192 + 256);
    }

    @Test
    void refusesWhatIsNoBlock() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.begin(new long[0], 0))
                .withMessageContaining("not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.begin(new long[1025], 1025))
                .withMessageContaining("not 1025");
        builder.begin(new long[] {1}, 1);
        builder.longs(3, FieldType.INT64, new long[] {1}, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.longs(3, FieldType.INT64, new long[] {1}, null))
                .withMessageContaining("field 3 comes after field 3");
    }

    @Test
    void remembersDecimalsForTheNextEncoder() {
        builder.begin(new long[] {1, 2}, 2);
        builder.doubles(0, bits(1.25, 2.5), -1, null);
        builder.doubles(1, bits(Math.PI, Math.E), -1, null);
        builder.longs(2, FieldType.INT64, new long[] {1, 2}, null);
        Block block = builder.build();

        assertThat(block.decimals(0)).isEqualTo(2);
        assertThat(block.decimals(1)).isEqualTo(-1);
        assertThat(block.decimals(2)).isEqualTo(-1);
    }

    @Test
    void twoPointsOfTenFieldsAreSmall() {
        builder.begin(new long[] {1_700_000_000_000_000_000L, 1_700_000_010_000_000_000L}, 2);
        for (int field = 0; field < 10; field++) {
            builder.doubles(field, bits(20.5 + field, 20.7 + field), 1, null);
        }
        // 16 bytes a value, half of them the directory and this object
        assertThat(builder.build().sizeBytes()).isLessThan(320);
    }

    private static long[] bits(double... values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }

    private static TreeMap<Long, Map<Integer, Object>> rows(int points, Random random) {
        var rows = new TreeMap<Long, Map<Integer, Object>>();
        boolean regular = random.nextBoolean();
        double density = random.nextInt(3) == 0 ? 1 : random.nextDouble();
        boolean odd = random.nextInt(3) == 0;
        long time = random.nextLong() >> 2;
        long counter = random.nextLong();
        while (rows.size() < points) {
            time += regular ? 1_000_000_000L : 1 + random.nextInt(100_000);
            var row = new TreeMap<Integer, Object>();
            counter += random.nextInt(10);
            if (random.nextDouble() < density) {
                row.put(0, odd ? random.nextLong() : counter);
            }
            if (random.nextDouble() < density) {
                double value = odd && random.nextInt(9) == 0 ? oddDouble(random) : 0.1;
                row.put(1, new Bits(Double.doubleToRawLongBits(value * random.nextInt(500))));
            }
            row.put(2, new Bits(Double.doubleToRawLongBits((random.nextInt(500) - 200) / 10.0)));
            if (random.nextDouble() < density) {
                row.put(3, random.nextInt(10) == 0);
            }
            if (random.nextDouble() < density) {
                row.put(9, random.nextInt(10) == 0 ? "" : "Zustand " + random.nextInt(5));
            }
            rows.put(time, row);
        }
        return rows;
    }

    private static double oddDouble(Random random) {
        double[] odd = {
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE
        };
        return odd[random.nextInt(odd.length)];
    }

    /// Statistics as their definition reads.
    private static ColumnStatistics statistics(
            TreeMap<Long, Map<Integer, Object>> rows, int field) {
        List<Long> times = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        rows.forEach(
                (time, row) -> {
                    Object value = row.get(field);
                    if (value != null) {
                        times.add(time);
                        values.add(value);
                    }
                });
        FieldType type = BlockRows.typeOf(values.getFirst());
        if (type == FieldType.STRING) {
            return new ColumnStatistics(
                    type, values.size(), 0, true, 0, 0, 0, 0, times.getFirst(), times.getLast());
        }
        long[] bits = values.stream().mapToLong(BlockTest::bitsOf).toArray();
        long sum;
        boolean exact = true;
        long min = bits[0];
        long max = bits[0];
        if (type == FieldType.FLOAT64) {
            double total = 0;
            for (long value : bits) {
                total += Double.longBitsToDouble(value);
                min = Double.compare(asDouble(value), asDouble(min)) < 0 ? value : min;
                max = Double.compare(asDouble(value), asDouble(max)) > 0 ? value : max;
            }
            sum = Double.doubleToLongBits(total);
        } else {
            BigInteger total = BigInteger.ZERO;
            for (long value : bits) {
                total = total.add(BigInteger.valueOf(value));
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            sum = total.longValue();
            exact = total.bitLength() < Long.SIZE;
        }
        return new ColumnStatistics(
                type,
                bits.length,
                sum,
                exact,
                min,
                max,
                bits[0],
                bits[bits.length - 1],
                times.getFirst(),
                times.getLast());
    }

    private static long bitsOf(Object value) {
        return switch (value) {
            case Long number -> number;
            case Bits number -> number.bits();
            case Boolean state -> state ? 1 : 0;
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static double asDouble(long bits) {
        return Double.longBitsToDouble(bits);
    }
}
