package io.tsdb.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.codec.pack.ByteSink;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Bits a value of real series, next to what Gorilla's XOR and ALP's decimals would take: printed,
/// and held below both.
class DensityTest {
    private static final Path SERIES =
            Path.of(System.getProperty("tsdb.sensors", "/work/shared/data/sensors"));

    private static final int COUNT = ColumnEncoder.VALUES_MAX;

    /// Values that a mean is of: 1/7 has no end, in decimals and in binary.
    private static final int MEAN_OF = 7;

    private static double[] read(String name) throws IOException {
        Path file = SERIES.resolve(name + ".csv");
        if (!Files.exists(file)) {
            throw new TestAbortedException("no sensor series at " + file);
        }
        return Files.readAllLines(file).stream()
                .filter(line -> !line.equals("\"\""))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static double[] means(double[] values) {
        double[] means = new double[values.length - MEAN_OF + 1];
        for (int i = 0; i < means.length; i++) {
            means[i] = Arrays.stream(values, i, i + MEAN_OF).sum() / MEAN_OF;
        }
        return means;
    }

    /// What all blocks of a series take, in bits.
    private static final class Sizes {
        long count;
        long gorilla;
        long alp;
        long own;
        int splitBlocks;

        double perValue(long bits) {
            return (double) bits / count;
        }
    }

    private static Sizes measure(double[] values) {
        var encoder = new ColumnEncoder();
        var sink = new ByteSink();
        var sizes = new Sizes();
        for (int from = 0; from + COUNT <= values.length; from += COUNT) {
            double[] block = Arrays.copyOfRange(values, from, from + COUNT);
            long[] bits = Arrays.stream(block).mapToLong(Double::doubleToRawLongBits).toArray();
            sizes.count += COUNT;
            sizes.gorilla += PaperSizes.gorillaBits(bits);
            sizes.alp += PaperSizes.alpBits(block);
            sink.clear();
            encoder.encodeDoubles(bits, COUNT, -1, sink);
            sizes.own += 8L * sink.size();
            sizes.splitBlocks += sink.bytes()[0] == EncodingId.SPLIT.number() ? 1 : 0;
            long[] decoded = new long[COUNT];
            ColumnDecoder.decodeDoubleBits(sink.bytes(), 0, sink.size(), COUNT, decoded);
            assertThat(decoded).isEqualTo(bits);
        }
        return sizes;
    }

    private static Sizes print(String name, double[] values) {
        Sizes sizes = measure(values);
        System.out.printf(
                "%-22s %6d values, bits/value: Gorilla %5.2f, ALP %5.2f, here %5.2f (%d of %d"
                        + " blocks split)%n",
                name,
                sizes.count,
                sizes.perValue(sizes.gorilla),
                sizes.perValue(sizes.alp),
                sizes.perValue(sizes.own),
                sizes.splitBlocks,
                sizes.count / COUNT);
        return sizes;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Air-pressure",
                "City-temp",
                "IR-bio-temp",
                "PM10-dust",
                "Stocks-UK",
                "Wind-Speed"
            })
    void decimalsTakeFewerBitsThanGorillaAndAlp(String name) throws IOException {
        Sizes sizes = print(name, read(name));

        assertThat(sizes.own).isLessThan(sizes.gorilla).isLessThan(sizes.alp);
    }

    /// Means are real doubles: no decimals, and no more than a mantissa's bits are noise.
    @ParameterizedTest
    @ValueSource(strings = {"Air-pressure", "City-temp", "Stocks-UK", "Wind-Speed"})
    void meansTakeFewerBitsThanGorillaAndAlp(String name) throws IOException {
        Sizes sizes = print(name + ", means of " + MEAN_OF, means(read(name)));

        assertThat(sizes.own).isLessThan(sizes.gorilla).isLessThan(sizes.alp);
    }
}
