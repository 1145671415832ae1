package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;

/// The JDK's parser is the oracle; it has no fast way that could be wrong in the same place.
class DecimalToDoubleTest {
    private final Random random = new Random(5);

    @Test
    void agreesWithTheJdkWhereItDecides() {
        int decided = 0;
        for (int i = 0; i < 200_000; i++) {
            long mantissa = random.nextLong() >>> random.nextInt(64);
            decided +=
                    check(mantissa, random.nextInt(30)) + check(mantissa, random.nextInt(140) - 70);
        }
        // Powers beyond the table are left to the JDK.
        assertThat(decided).isGreaterThan(350_000);
    }

    /// Doubles are nearest to their own digits, and what lies just between two goes to the even one
    /// or is not decided.
    @Test
    void roundsNeighboursAndHalfWaysRight() {
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong(1L << 62)) % 1e15;
            BigDecimal half =
                    new BigDecimal(value).add(new BigDecimal(Math.ulp(value)).movePointLeft(1));
            for (BigDecimal number : new BigDecimal[] {new BigDecimal(value), half}) {
                BigDecimal shortened = number.round(new MathContext(19));
                check(shortened.unscaledValue().longValue(), shortened.scale());
            }
            // 2^53 and up: every other integer is half-way
            check((1L << 53) + random.nextInt(100_000), 0);
            check((1L << 54) + random.nextInt(100_000), 0);
        }
        assertThat(DecimalToDouble.of((1L << 53) + 2, 0)).isEqualTo(9007199254740994.0);
    }

    @Test
    void takesTheMantissaAsUnsigned() {
        assertThat(DecimalToDouble.of(-1, 0)).isEqualTo(18446744073709551615.0);
        assertThat(DecimalToDouble.of(-1, 19)).isEqualTo(1.8446744073709551615);
    }

    @Test
    void leavesToOthersWhatItCannotDecide() {
        assertThat(DecimalToDouble.of((1L << 53) + 1, 0)).isNaN();
        assertThat(DecimalToDouble.of(1, 65)).isNaN();
        assertThat(DecimalToDouble.of(1, -65)).isNaN();
        assertThat(DecimalToDouble.of(0, 400)).isZero();
    }

    private static int check(long mantissa, int decimals) {
        double value = DecimalToDouble.of(mantissa, decimals);
        if (Double.isNaN(value)) {
            return 0;
        }
        String text = Long.toUnsignedString(mantissa) + "e" + -decimals;
        assertThat(value).as(text).isEqualTo(Double.parseDouble(text));
        return 1;
    }
}
