package io.tsdb.query.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;

/// What sums, averages and deviations are worth, held against exact decimal arithmetic: whatever
/// the values, and in whatever pieces they come.
class AggregateNumericsTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);
    private static final int ROUNDS = 200;
    private static final MathContext DIGITS = new MathContext(60);

    /// Where values lie.
    enum Values {
        /// Decimals of a sensor: none is a float64.
        DECIMALS,
        /// All the same: nothing may lie outside of them.
        EQUAL,
        /// One float64 apart.
        NEIGHBOURS,
        /// A small spread around a large number.
        FAR_FROM_ZERO,
        /// Numbers of every size and sign: sums cancel out.
        ANY_SIZE,
        /// Sums pass the range of float64 on their way.
        LARGEST;

        double next(Random random) {
            return switch (this) {
                case DECIMALS -> random.nextInt(10_000) / 100.0;
                case EQUAL -> 0.1;
                case NEIGHBOURS -> random.nextBoolean() ? 0.1 : Math.nextUp(0.1);
                case FAR_FROM_ZERO -> 1e15 + random.nextInt(64) / 8.0;
                case ANY_SIZE -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(80) - 40);
                case LARGEST -> Double.MAX_VALUE * (1 - random.nextInt(100) / 1e4);
            };
        }
    }

    private final Random random = new Random(SEED);

    private ColumnVector values(Values kind, int count) {
        var values = new ColumnVector(ColumnType.FLOAT64);
        for (int i = 0; i < count; i++) {
            values.doubles()[i] = kind.next(random);
        }
        return values;
    }

    private static BigDecimal mean(ColumnVector values, int count) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < count; i++) {
            sum = sum.add(new BigDecimal(values.doubles()[i]));
        }
        return sum.divide(BigDecimal.valueOf(count), DIGITS);
    }

    /// The exact average, rounded once; so it lies between the smallest and the largest value.
    @ParameterizedTest
    @EnumSource(Values.class)
    void averagesAreRoundedOnce(Values kind) {
        for (int round = 0; round < ROUNDS; round++) {
            int count = 1 + random.nextInt(300);
            ColumnVector values = values(kind, count);
            double expected = mean(values, count).doubleValue();
            assertThat(result("avg", values, count, false))
                    .as("%s values, seed %s, round %s", count, SEED, round)
                    .isEqualTo(expected);
        }
    }

    /// Blocks that are taken by their sums, which storage adds up as they come, do not bring the
    /// average outside of the values.
    @ParameterizedTest
    @EnumSource(Values.class)
    void averagesOfBlocksLieBetweenTheirValues(Values kind) {
        for (int round = 0; round < ROUNDS; round++) {
            int count = 1 + random.nextInt(300);
            ColumnVector values = values(kind, count);
            double least = Double.MAX_VALUE;
            double most = -Double.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                least = Math.min(least, values.doubles()[i]);
                most = Math.max(most, values.doubles()[i]);
            }
            assertThat(result("avg", values, count, true))
                    .as("%s values, seed %s, round %s", count, SEED, round)
                    .isBetween(least, most);
        }
    }

    @ParameterizedTest
    @EnumSource(Values.class)
    void sumsAreRoundedOnce(Values kind) {
        for (int round = 0; round < ROUNDS; round++) {
            int count = 1 + random.nextInt(300);
            ColumnVector values = values(kind, count);
            BigDecimal sum = BigDecimal.ZERO;
            for (int i = 0; i < count; i++) {
                sum = sum.add(new BigDecimal(values.doubles()[i]));
            }
            assertThat(result("sum", values, count, false))
                    .as("%s values, seed %s, round %s", count, SEED, round)
                    .isEqualTo(sum.doubleValue());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Values.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "LARGEST") // whose squares pass the range of float64
    void variancesAreOfTheSpreadAlone(Values kind) {
        for (int round = 0; round < ROUNDS; round++) {
            int count = 2 + random.nextInt(300);
            ColumnVector values = values(kind, count);
            BigDecimal mean = mean(values, count);
            BigDecimal squares = BigDecimal.ZERO;
            for (int i = 0; i < count; i++) {
                BigDecimal distance = new BigDecimal(values.doubles()[i]).subtract(mean);
                squares = squares.add(distance.multiply(distance, DIGITS));
            }
            double expected = squares.divide(BigDecimal.valueOf(count), DIGITS).doubleValue();
            double actual = result("var_pop", values, count, kind == Values.EQUAL);
            assertThat(Math.abs(actual - expected))
                    .as("%s values, %s for %s, seed %s", count, actual, expected, SEED)
                    .isLessThanOrEqualTo(1e-12 * expected);
        }
    }

    /// Int64 that no float64 holds: the distance counts, not its float64s.
    @ParameterizedTest
    @ValueSource(longs = {0, 1L << 53, Long.MAX_VALUE - 10, Long.MIN_VALUE})
    void wholeNumbersDeviateExactly(long from) {
        var values = new ColumnVector(ColumnType.INT64);
        for (int i = 0; i < 11; i++) {
            values.longs()[i] = from + i;
        }
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(result("var_pop", values, 11, false)).as("seed %s", SEED).isEqualTo(10.0);
            assertThat(result("avg", values, 11, false))
                    .isEqualTo(BigDecimal.valueOf(from).add(BigDecimal.valueOf(5)).doubleValue());
        }
    }

    /// The rows in random pieces, each by a partial of its own, merged in the order they come.
    private double result(String name, ColumnVector values, int count, boolean byStatistics) {
        AggregateFunction function = Functions.aggregate(name).orElseThrow();
        Accumulator merged = function.accumulator(values.type(), MemoryAccount.unlimited());
        merged.ensureSlots(1);
        int from = 0;
        while (from < count) {
            int to = from + 1 + random.nextInt(count - from);
            Accumulator partial = function.accumulator(values.type(), MemoryAccount.unlimited());
            partial.ensureSlots(1);
            take(partial, values, from, to, byStatistics);
            var state = new ColumnVector[function.stateTypes(values.type()).size()];
            for (int i = 0; i < state.length; i++) {
                state[i] = new ColumnVector(function.stateTypes(values.type()).get(i));
            }
            partial.writeState(0, 1, state);
            merged.mergeState(new int[1], state, 1);
            from = to;
        }
        var result = new ColumnVector(ColumnType.FLOAT64);
        merged.writeResult(0, 1, result, Position.NONE);
        return result.doubles()[0];
    }

    private void take(
            Accumulator partial, ColumnVector values, int from, int to, boolean byStatistics) {
        if (byStatistics && partial.addStatistics(0, statistics(values.doubles(), from, to))) {
            return;
        }
        if (from == 0 && random.nextBoolean()) {
            partial.addRows(new int[to], values, new long[to], to);
        } else {
            partial.addRange(0, values, new long[to], from, to);
        }
    }

    private static ColumnStatistics statistics(double[] values, int from, int to) {
        double sum = 0;
        double least = values[from];
        double most = least;
        for (int i = from; i < to; i++) {
            sum += values[i];
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
        }
        return new ColumnStatistics(
                FieldType.FLOAT64,
                to - from,
                Double.doubleToRawLongBits(sum),
                true,
                Double.doubleToRawLongBits(least),
                Double.doubleToRawLongBits(most),
                Double.doubleToRawLongBits(values[from]),
                Double.doubleToRawLongBits(values[to - 1]),
                from,
                to - 1L);
    }
}
