package io.tsdb.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Plans are right whatever the parts are, come to an end, and leave few parts for few rewrites.
class CompactionPlannerTest {
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;
    private static final long NANOS = 1_000_000_000L;
    private static final long START = LocalDate.of(2026, 1, 1).toEpochDay() * DAY;
    private static final CompactionConfig CONFIG = CompactionConfig.defaults();

    /// Parts as a shard would have them, without their rows.
    private static final class Fleet {
        private List<PartSummary> parts = new ArrayList<>();
        private long sequence = 1;
        private long logIndex;
        private long flushedBytes;
        private long compactedBytes;

        /// @param fromSeconds first row
        /// @param toSeconds last row
        void flush(long nowSeconds, long fromSeconds, long toSeconds, long bytes) {
            parts.add(
                    part(
                            new PartOrigin(
                                    logIndex + 1, logIndex + 100, logIndex + 100, nowSeconds),
                            fromSeconds * NANOS,
                            toSeconds * NANOS,
                            bytes));
            flushedBytes += bytes;
        }

        void endOfFlush() {
            logIndex += 100;
        }

        private PartSummary part(PartOrigin origin, long min, long max, long bytes) {
            LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(min, DAY * NANOS));
            var id = new PartId(new MeasurementId(1, 1), date, sequence++);
            return new PartSummary(id, origin, bytes, min, max, bytes, 0, 0, 0);
        }

        /// Does what is due and checks that it may be done.
        int compact(long nowSeconds) {
            int count = 0;
            Optional<CompactionPlan> plan =
                    CompactionPlanner.plan(parts, List.of(), nowSeconds, CONFIG);
            while (plan.isPresent()) {
                carryOut(plan.get());
                count++;
                assertThat(count).as("compactions that follow one another").isLessThan(2000);
                plan = CompactionPlanner.plan(parts, List.of(), nowSeconds, CONFIG);
            }
            return count;
        }

        private void carryOut(CompactionPlan plan) {
            check(plan);
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            long written = 0;
            for (PartSummary input : plan.inputs()) {
                first = Math.min(first, input.origin().firstIndex());
                last = Math.max(last, input.origin().lastIndex());
                written = Math.max(written, input.origin().writtenSeconds());
            }
            var origin = new PartOrigin(first, last, last, written);
            var next = new ArrayList<>(parts);
            next.removeAll(plan.inputs());
            for (PartitionPlan.Span span : plan.outputs()) {
                long bytes = 0;
                long min = Long.MAX_VALUE;
                long max = Long.MIN_VALUE;
                for (PartSummary input : plan.inputs()) {
                    long from = Math.max(input.minTime(), span.fromNanos());
                    long to = Math.min(input.maxTime(), span.lastNanos());
                    if (from <= to) {
                        double share =
                                (to - from + 1.0) / (input.maxTime() - input.minTime() + 1.0);
                        bytes += Math.max(1, (long) (input.sizeBytes() * share));
                        min = Math.min(min, from);
                        max = Math.max(max, to);
                    }
                }
                if (bytes > 0) {
                    next.add(part(origin, min, max, bytes));
                    compactedBytes += bytes;
                }
            }
            parts = next;
        }

        private void check(CompactionPlan plan) {
            assertThat(plan.inputs())
                    .hasSizeGreaterThan(1)
                    .isSortedAccordingTo(PartSummary.BY_RANK);
            assertThat(parts).containsAll(plan.inputs());
            assertThat(plan.inputBytes()).isLessThanOrEqualTo(CONFIG.partBytesMax());
            long first =
                    plan.inputs().stream().mapToLong(p -> p.origin().firstIndex()).min().orElse(0);
            long last =
                    plan.inputs().stream().mapToLong(p -> p.origin().lastIndex()).max().orElse(0);
            for (PartitionPlan.Span span : plan.outputs()) {
                for (PartSummary other : parts) {
                    if (!plan.inputs().contains(other)
                            && other.overlaps(span.fromNanos(), span.lastNanos())) {
                        assertThat(
                                        other.origin().lastIndex() < first
                                                || other.origin().firstIndex() > last)
                                .as("%s ranks before or after all of %s", other, plan)
                                .isTrue();
                    }
                }
            }
            for (PartSummary input : plan.inputs()) {
                assertThat(covered(input.minTime(), plan)).isTrue();
                assertThat(covered(input.maxTime(), plan)).isTrue();
            }
            for (int i = 1; i < plan.outputs().size(); i++) {
                assertThat(plan.outputs().get(i).fromNanos())
                        .isEqualTo(plan.outputs().get(i - 1).lastNanos() + 1);
            }
        }

        private static boolean covered(long time, CompactionPlan plan) {
            return plan.outputs().stream()
                    .anyMatch(span -> span.fromNanos() <= time && time <= span.lastNanos());
        }

        /// Parts that share a time with another.
        long overlapping() {
            return parts.stream()
                    .filter(
                            part ->
                                    parts.stream()
                                            .anyMatch(
                                                    other ->
                                                            !other.equals(part)
                                                                    && other.overlaps(
                                                                            part.minTime(),
                                                                            part.maxTime())))
                    .count();
        }

        double amplification() {
            return (double) (flushedBytes + compactedBytes) / flushedBytes;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isRightAndComesToAnEndForAnyParts(long number) {
        long seed = Long.getLong("tsdb.seed", number);
        System.out.println("CompactionPlannerTest seed " + seed);
        var random = new Random(seed);
        var fleet = new Fleet();
        long now = START;
        for (int flush = 0; flush < 80; flush++) {
            now += random.nextLong(3 * HOUR);
            // parts of one flush share no time
            long edge = now;
            for (int part = random.nextInt(5); part >= 0; part--) {
                long to = edge - random.nextLong(DAY);
                long from = to - (random.nextInt(4) == 0 ? random.nextLong(40 * DAY) : HOUR);
                long bytes = 1L << random.nextInt(random.nextInt(30) + 1);
                fleet.flush(now, from, to, bytes);
                edge = from - 1;
            }
            fleet.endOfFlush();
            fleet.compact(now);
        }
        now += 1100 * DAY;
        fleet.compact(now);
        assertThat(fleet.compact(now)).isZero();
    }

    /// A day of hourly flushes with 5 % of rows late by up to a day, then silence.
    @Test
    void writesADayWithLateRowsLessThanFourTimes() {
        var fleet = new Fleet();
        long now = START;
        int most = 0;
        for (int hour = 0; hour < 24; hour++) {
            now += HOUR;
            // late rows of the day lie in the same part, which then overlaps all older ones
            fleet.flush(now, hour == 0 ? START : START + hour, now - 1, 1_000_000);
            fleet.endOfFlush();
            fleet.compact(now);
            most = Math.max(most, fleet.parts.size());
        }
        now += 2 * DAY;
        fleet.compact(now);
        System.out.printf(
                "a day of hourly flushes, 5 %% late: written %.2f times, at most %d parts, at the"
                        + " end %d%n",
                fleet.amplification(), most, fleet.parts.size());
        assertThat(fleet.parts).hasSize(1);
        assertThat(fleet.amplification()).isLessThanOrEqualTo(4);
    }

    /// Days of hourly flushes whose late rows go to the day before: the figure of a month.
    @Test
    void leavesAPartADayOfAMonthWithLateRows() {
        var fleet = new Fleet();
        long now = START;
        int most = 0;
        for (int hour = 0; hour < 30 * 24; hour++) {
            now += HOUR;
            long day = Math.floorDiv(now - 1, DAY) * DAY;
            fleet.flush(now, day, now - 1, 4_000_000);
            if (hour >= 24) {
                fleet.flush(now, day - DAY, day - 1, 100_000);
            }
            fleet.endOfFlush();
            fleet.compact(now);
            most = Math.max(most, fleet.parts.size());
        }
        now += 10 * DAY;
        fleet.compact(now);
        System.out.printf(
                "a month of hourly flushes, late rows to the day before: written %.2f times, at"
                        + " most %d parts, at the end %d, overlapping %d%n",
                fleet.amplification(), most, fleet.parts.size(), fleet.overlapping());
        assertThat(fleet.amplification()).isLessThanOrEqualTo(4);
        assertThat(fleet.parts).hasSizeLessThanOrEqualTo(30);
        assertThat(fleet.overlapping()).isZero();
    }

    /// A sensor that reports now and then: the files of a year.
    @Test
    void keepsAYearOfAQuietFleetInFewParts() {
        var fleet = new Fleet();
        long now = START;
        int most = 0;
        for (int hour = 0; hour < 365 * 24; hour += 6) {
            now += 6 * HOUR;
            fleet.flush(now, now - 6 * HOUR, now - 1, 20_000);
            fleet.endOfFlush();
            fleet.compact(now);
            most = Math.max(most, fleet.parts.size());
        }
        System.out.printf(
                "a year of a quiet fleet, a flush every six hours: %d flushes, at most %d parts, at"
                        + " the end %d, written %.2f times%n",
                365 * 4, most, fleet.parts.size(), fleet.amplification());
        assertThat(most).isLessThanOrEqualTo(24);
    }

    /// A bulk load of old data must not rewrite its days at every flush: nothing is at rest.
    @Test
    void waitsForTheEndOfABulkLoad() {
        var fleet = new Fleet();
        long now = START + 400 * DAY;
        for (int flush = 0; flush < 60; flush++) {
            now += 30;
            long day = START + flush / 6 * DAY;
            fleet.flush(now, day, day + DAY - 1, 20_000_000);
            fleet.endOfFlush();
            assertThat(fleet.compact(now)).isZero();
        }
        fleet.compact(now + DAY);
        assertThat(fleet.overlapping()).isZero();
        assertThat(fleet.amplification()).isLessThanOrEqualTo(3);
    }

    /// One late row a day does not rewrite a large part every day.
    @Test
    void letsALateRowWaitBesideALargePart() {
        var fleet = new Fleet();
        fleet.flush(START + DAY, START, START + DAY - 1, 500_000_000);
        fleet.endOfFlush();
        long now = START + DAY;
        for (int day = 0; day < 60; day++) {
            now += DAY;
            fleet.flush(now, START + 5 * HOUR, START + 5 * HOUR, 1_000);
            fleet.endOfFlush();
            fleet.compact(now);
        }
        System.out.printf(
                "a late row a day beside 500 MB for 60 days: written %.2f times%n",
                fleet.amplification());
        assertThat(fleet.amplification()).isLessThan(1.1);
    }

    @Test
    void plansTheSameForAnyOrderOfParts() {
        var fleet = new Fleet();
        for (int hour = 0; hour < 9; hour++) {
            fleet.flush(START + hour * HOUR, START + hour * HOUR, START + (hour + 1) * HOUR, 10);
            fleet.endOfFlush();
        }
        Optional<CompactionPlan> plan =
                CompactionPlanner.plan(fleet.parts, List.of(), START, CONFIG);
        assertThat(plan).isPresent();
        assertThat(CompactionPlanner.plan(fleet.parts.reversed(), List.of(), START, CONFIG))
                .isEqualTo(plan);
    }
}
