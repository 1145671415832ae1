package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.protocol.line.NumberParser.Outcome;
import io.tsdb.storage.model.FieldColumn;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

class NumberParserTest {
    private final NumberParser parser = new NumberParser();

    /// The JDK's parser is the oracle: every double must come out to the bit, in all the forms that
    /// clients write it.
    @Test
    void readsDoublesAsTheJdkDoes() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("NumberParserTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            String text = anyNumber(random);
            assertThat(parseDouble(text)).as(text).isEqualTo(Outcome.OK);
            assertThat(Double.doubleToRawLongBits(parser.doubleValue()))
                    .as(text)
                    .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
        }
    }

    private static String anyNumber(Random random) {
        double gaussian = random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
        return switch (random.nextInt(7)) {
            case 0 -> Double.toString(gaussian);
            case 1 -> String.format(Locale.ROOT, "%." + random.nextInt(25) + "f", gaussian);
            case 2 -> new BigDecimal(gaussian).toPlainString();
            case 3 -> Long.toString(random.nextLong());
            case 4 -> random.nextLong() + "." + Math.abs(random.nextInt());
            case 5 -> random.nextInt(1000) + "e" + (random.nextInt(600) - 320);
            default -> anyFinite(random);
        };
    }

    private static String anyFinite(Random random) {
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) ? Double.toString(value) : "0.0";
    }

    @ParameterizedTest
    @CsvSource({
        // as written, value, decimal places that matter
        "1,1,0",
        "1.0,1,0",
        "20.50,20.5,1",
        "0.001,0.001,3",
        "-0.001,-0.001,3",
        "1.0E-4,1.0E-4,4",
        "1.2345678E7,12345678,0",
        "1.25e1,12.5,1",
        "100e2,10000,0",
        "0.000,0,0",
        "0.123456789012345,0.123456789012345,15",
        "0.1234567890123456,0.1234567890123456,-1",
        "1e-16,1e-16,-1",
        "12345678901234567890,12345678901234567890,-1"
    })
    void countsDecimalPlaces(String text, double value, int decimals) {
        assertThat(parseDouble(text)).isEqualTo(Outcome.OK);
        assertThat(parser.doubleValue()).isEqualTo(value);
        assertThat(parser.decimals()).isEqualTo(decimals);
        assertThat(FieldColumn.DECIMALS_UNKNOWN).isEqualTo(-1);
    }

    @Test
    void keepsTheSignOfZero() {
        assertThat(parseDouble("-0.0")).isEqualTo(Outcome.OK);
        assertThat(1 / parser.doubleValue()).isNegative();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "-.",
                "+1",
                "1e",
                "1e+",
                "e1",
                "1.2.3",
                "1x",
                " 1",
                "1 ",
                "0x1p3",
                "1d",
                "1f",
                "NaN",
                "Infinity",
                "--1",
                "1e1.5",
                "1_0"
            })
    void refusesWhatIsNotInTheGrammar(String text) {
        assertThat(parseDouble(text)).isEqualTo(Outcome.NOT_A_NUMBER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e309", "-1e309", "1.7976931348623159e308", "1e99999999999"})
    void refusesWhatWouldBeInfinite(String text) {
        assertThat(parseDouble(text)).isEqualTo(Outcome.OUT_OF_RANGE);
    }

    @Test
    void readsIntegersToBothEnds() {
        for (long value :
                new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 922337203685477580L}) {
            assertThat(parseLong(Long.toString(value))).isEqualTo(Outcome.OK);
            assertThat(parser.longValue()).isEqualTo(value);
        }
        assertThat(parseLong("000000000000000000000000012")).isEqualTo(Outcome.OK);
        assertThat(parser.longValue()).isEqualTo(12);
    }

    /// One past either end, and a number that wraps around to a small one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551617",
                "1000000000000000000000"
            })
    void refusesIntegersOutOfRange(String text) {
        assertThat(parseLong(text)).isEqualTo(Outcome.OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1.0", "9e10", "--1", "+1", "1i"})
    void refusesWhatIsNoInteger(String text) {
        assertThat(parseLong(text)).isEqualTo(Outcome.NOT_A_NUMBER);
    }

    private Outcome parseDouble(String text) {
        byte[] bytes = bytes(text);
        return parser.parseDouble(bytes, 1, bytes.length - 1);
    }

    private Outcome parseLong(String text) {
        byte[] bytes = bytes(text);
        return parser.parseLong(bytes, 1, bytes.length - 1);
    }

    /// With a digit on each side, which must not be read.
    private static byte[] bytes(String text) {
        return ("7" + text + "7").getBytes(StandardCharsets.US_ASCII);
    }
}
