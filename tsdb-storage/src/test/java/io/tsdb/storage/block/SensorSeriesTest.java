package io.tsdb.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.scan.Presence;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Real sensor series come back to the bit, in few bytes.
class SensorSeriesTest {
    private static final Path SERIES =
            Path.of(System.getProperty("tsdb.sensors", "/work/shared/data/sensors"));

    /// Most bytes a value that the encoders may take, a little above what they took when this was
    /// written; values alone, without times and statistics.
    private static final List<String> BYTES_PER_VALUE_MAX =
            List.of(
                    "Air-pressure 1.45",
                    "City-temp 1.08",
                    "IR-bio-temp 0.63",
                    "PM10-dust 0.72",
                    "Stocks-UK 0.96",
                    "Wind-Speed 0.82");

    @TestFactory
    Stream<DynamicTest> comeBackToTheBit() {
        return BYTES_PER_VALUE_MAX.stream()
                .map(line -> line.split(" "))
                .map(
                        series ->
                                DynamicTest.dynamicTest(
                                        series[0],
                                        () ->
                                                comesBackToTheBit(
                                                        series[0], Double.parseDouble(series[1]))));
    }

    private static void comesBackToTheBit(String name, double bytesPerValueMax) throws IOException {
        Path file = SERIES.resolve(name + ".csv");
        if (!Files.exists(file)) {
            throw new TestAbortedException("no sensor series at " + file);
        }
        List<String> lines = Files.readAllLines(file);
        BlockBuilder builder = new BlockBuilder();
        long valueBytes = 0;
        long blockBytes = 0;
        for (int from = 0; from < lines.size(); from += Block.POINTS_MAX) {
            int to = Math.min(from + Block.POINTS_MAX, lines.size());
            Block block = buildAndCompare(builder, lines.subList(from, to), from);
            valueBytes += block.columnCount() == 0 ? 0 : block.encodedBytes(0);
            blockBytes += block.sizeBytes();
        }
        double bytesPerValue = (double) valueBytes / lines.size();
        System.out.printf(
                "%-13s %6d values, %.3f bytes/value, %.3f as blocks with times and statistics%n",
                name, lines.size(), bytesPerValue, (double) blockBytes / lines.size());
        assertThat(bytesPerValue).isLessThan(bytesPerValueMax);
    }

    /// @param lines a value each, or `""` for a missing one
    private static Block buildAndCompare(BlockBuilder builder, List<String> lines, int from) {
        long[] times = new long[Block.POINTS_MAX];
        long[] bits = new long[Block.POINTS_MAX];
        long[] presence = new long[Block.POINTS_MAX / 64];
        for (int i = 0; i < lines.size(); i++) {
            times[i] = 1_700_000_000_000_000_000L + (from + i) * 10_000_000_000L;
            if (!lines.get(i).equals("\"\"")) {
                bits[i] = Double.doubleToRawLongBits(Double.parseDouble(lines.get(i)));
                presence[i >> 6] |= 1L << i;
            }
        }
        builder.begin(times, lines.size());
        builder.doubles(0, bits, -1, presence);
        Block block = builder.build();
        if (block.columnCount() == 0) {
            assertThat(presence).as("no values from %d", from).containsOnly(0);
            return block;
        }
        long[] decoded = new long[Block.POINTS_MAX];
        double[] doubles = new double[Block.POINTS_MAX];
        long[] decodedPresence = new long[Block.POINTS_MAX / 64];
        Presence present = block.decodeLongs(0, decoded, decodedPresence);
        block.decodeDoubles(0, doubles, decodedPresence);
        for (int i = 0; i < lines.size(); i++) {
            boolean expected = (presence[i >> 6] >>> i & 1) != 0;
            boolean actual = present == Presence.ALL || (decodedPresence[i >> 6] >>> i & 1) != 0;
            if (actual != expected
                    || expected
                            && (decoded[i] != bits[i]
                                    || Double.doubleToRawLongBits(doubles[i]) != bits[i])) {
                throw new AssertionError("value " + (from + i) + " is not " + lines.get(i));
            }
        }
        return block;
    }
}
