package io.tsdb.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.Interval;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
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

    /// The last Sunday of a month, midnight, half an hour, a whole day left out: clocks are shifted
    /// in many ways.
    private static final List<String> ZONES =
            List.of(
                    "Europe/Berlin",
                    "America/New_York",
                    "America/St_Johns",
                    "Atlantic/Azores",
                    "America/Sao_Paulo",
                    "Australia/Lord_Howe",
                    "Asia/Kolkata",
                    "Asia/Kathmandu",
                    "Pacific/Apia",
                    "Africa/Casablanca",
                    "UTC",
                    "-03:30");

    private static final List<Interval> WIDTHS =
            List.of(
                    new Interval(0, 1_234_567),
                    new Interval(0, 96_000_000_000L),
                    new Interval(0, 7 * 60_000_000_000L),
                    new Interval(0, 3_600_000_000_000L),
                    new Interval(0, 6 * 3_600_000_000_000L),
                    new Interval(0, 86_400_000_000_000L),
                    new Interval(0, 7 * 86_400_000_000_000L),
                    new Interval(0, 36 * 3_600_000_000_000L),
                    new Interval(1, 0),
                    new Interval(12, 0));

    @Test
    void bucketsOfATimeZoneFollowOneAnotherAndStartByItsClocks() {
        var random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Interval width = WIDTHS.get(random.nextInt(WIDTHS.size()));
            TimeGrid grid = TimeGrid.inZone(width, new WallClock(zone), null);
            long time = random.nextInt(20) == 0 ? anyTime(random) : nearShift(zone, random);
            long index = grid.index(time);
            long start = grid.start(index);
            long next = grid.next(index);
            String place = "seed " + SEED + ": " + time + " of " + grid;
            assertThat(start).as(place).isLessThanOrEqualTo(time);
            assertThat(next > time || next == Long.MAX_VALUE).as(place).isTrue();
            boolean isHeld = start != Long.MIN_VALUE;
            if (isHeld) {
                assertThat(grid.start(grid.index(start))).as(place).isEqualTo(start);
                assertThat(startsByTheClock(start, width, zone)).as(place).isTrue();
            }
        }
    }

    /// A time within a day of a shift of the clocks since 1970, if the zone has any.
    private static long nearShift(ZoneId zone, Random random) {
        long second = (long) (random.nextDouble() * 60 * 365 * 86_400);
        ZoneOffsetTransition shift = zone.getRules().nextTransition(Instant.ofEpochSecond(second));
        long at = shift == null ? second : shift.toEpochSecond();
        return at * 1_000_000_000L + (long) ((random.nextDouble() * 2 - 1) * 86_400e9);
    }

    /// Months and days start at midnight, or where the clocks skip it.
    private static boolean startsByTheClock(long start, Interval width, ZoneId zone) {
        Instant instant =
                Instant.ofEpochSecond(
                        Math.floorDiv(start, 1_000_000_000L), Math.floorMod(start, 1_000_000_000L));
        LocalDateTime shown = LocalDateTime.ofInstant(instant, zone);
        ZoneOffsetTransition shift =
                zone.getRules().isFixedOffset()
                        ? null
                        : zone.getRules().previousTransition(instant.plusNanos(1));
        if (shift != null && shift.getInstant().equals(instant)) {
            return true;
        }
        if (width.months() > 0 && shown.getDayOfMonth() != 1) {
            return false;
        }
        boolean isDays = width.months() > 0 || width.nanos() % 86_400_000_000_000L == 0;
        long hours = width.nanos() / 3_600_000_000_000L;
        // an hour is counted on from 1970 back, when clocks were ahead by odd minutes
        boolean isHours = width.months() == 0 && hours > 0 && 24 % hours == 0 && start >= 0;
        return isDays
                ? shown.toLocalTime().equals(LocalTime.MIDNIGHT)
                : !isHours || shown.toLocalTime().toNanoOfDay() % width.nanos() == 0;
    }

    /// A day whose midnight the clocks show twice starts at the first one, and has 25 hours.
    @Test
    void aDayStartsWhenItsMidnightIsFirstShown() {
        TimeGrid days =
                TimeGrid.inZone(
                        new Interval(0, 86_400_000_000_000L),
                        new WallClock(ZoneId.of("Atlantic/Azores")),
                        null);
        // at 01:00 on 2025-10-26 they go back to 00:00
        long second = Instant.parse("2025-10-26T01:30:00Z").getEpochSecond();
        long index = days.index(second * 1_000_000_000L);
        assertThat(Instant.ofEpochSecond(days.start(index) / 1_000_000_000L))
                .isEqualTo("2025-10-26T00:00:00Z");
        assertThat(days.next(index) - days.start(index)).isEqualTo(25 * 3_600_000_000_000L);
    }
}
