package io.tsdb.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.function.scalar.TimeGrid;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.Random;

class TimeGridTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);

    /// Against numbers without bounds, mostly at the ends of time, where 64 bits wrap.
    @Test
    void findsTheBucketOfAnyTimeForAnyWidthAndOrigin() {
        var random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            long width = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
            var grid = new TimeGrid(0, width, anyTime(random));
            long time = anyTime(random);
            long start = grid.start(grid.index(time));
            assertThat(start)
                    .as("seed %s: %s of %s", SEED, time, grid)
                    .isEqualTo(expected(time, width, grid.origin()));
            long next = grid.next(grid.index(time));
            assertThat(next > time || next == Long.MAX_VALUE).as("the next of %s", time).isTrue();
        }
    }

    private static long anyTime(Random random) {
        long near = random.nextLong() >>> 1 + random.nextInt(62);
        return switch (random.nextInt(4)) {
            case 0 -> Long.MIN_VALUE + near;
            case 1 -> Long.MAX_VALUE - near;
            case 2 -> near;
            default -> -near;
        };
    }

    private static long expected(long time, long width, long origin) {
        BigInteger past = BigInteger.valueOf(time).subtract(BigInteger.valueOf(origin));
        BigInteger start = BigInteger.valueOf(time).subtract(past.mod(BigInteger.valueOf(width)));
        return start.max(BigInteger.valueOf(Long.MIN_VALUE)).longValueExact();
    }

    /// Whatever the origin's day, months follow one another without a gap.
    @Test
    void monthsHoldTheTimesFromTheirStartToTheNext() {
        var random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            var grid = new TimeGrid(1 + random.nextInt(30), 0, anyTime(random));
            long time = anyTime(random);
            long index = grid.index(time);
            assertThat(grid.start(index))
                    .as("seed %s: %s of %s", SEED, time, grid)
                    .isLessThanOrEqualTo(time);
            long next = grid.next(index);
            assertThat(next > time || next == Long.MAX_VALUE)
                    .as("seed %s: %s of %s", SEED, time, grid)
                    .isTrue();
        }
    }
}
