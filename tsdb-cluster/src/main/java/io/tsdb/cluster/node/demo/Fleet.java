package io.tsdb.cluster.node.demo;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A few hundred trucks that report at irregular intervals; now and then one is out of reach, and
/// its reports come minutes late. The same seed tells the same story. One thread.
final class Fleet {
    private static final int INTERVAL_SECONDS_MIN = 5;
    private static final int INTERVAL_SECONDS_MAX = 15;

    /// One report in so many is late.
    private static final int LATE_ONE_IN = 50;

    private static final int LATE_SECONDS_MAX = 600;

    private final RandomGenerator random;
    private final Truck[] trucks;
    private final long[] nextSecond;
    private final ArrayDeque<LateReport> late = new ArrayDeque<>();
    private final LineText scratch = new LineText();
    private long second;
    private long pointCount;
    private long lateCount;

    /// @param line one report with its line end
    private record LateReport(long dueSecond, byte[] line) {}

    /// @param startSecond of the story, since the epoch
    Fleet(int truckCount, long seed, long startSecond) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.trucks = new Truck[truckCount];
        this.nextSecond = new long[truckCount];
        this.second = startSecond;
        for (int i = 0; i < truckCount; i++) {
            trucks[i] = new Truck(i + 1, random);
            nextSecond[i] = startSecond + random.nextInt(INTERVAL_SECONDS_MAX);
        }
    }

    /// The next second to be told.
    long second() {
        return second;
    }

    /// Points handed out so far.
    long pointCount() {
        return pointCount;
    }

    /// How many of them came late.
    long lateCount() {
        return lateCount;
    }

    int truckCount() {
        return trucks.length;
    }

    /// Appends what arrives in the next second.
    void tell(LineText out) {
        for (int i = 0; i < trucks.length; i++) {
            if (nextSecond[i] <= second) {
                report(i, out);
            }
        }
        deliverLate(out, second);
        second++;
    }

    /// Appends the reports that are still out of reach: the story ends here.
    void tellRest(LineText out) {
        deliverLate(out, Long.MAX_VALUE);
    }

    private void report(int truck, LineText out) {
        int interval = random.nextInt(INTERVAL_SECONDS_MIN, INTERVAL_SECONDS_MAX + 1);
        nextSecond[truck] = second + interval;
        trucks[truck].advance(interval, random);
        long millis = second * 1000 + random.nextInt(1000);
        if (random.nextInt(LATE_ONE_IN) > 0) {
            trucks[truck].write(out, millis);
            pointCount++;
        } else {
            scratch.clear();
            trucks[truck].write(scratch, millis);
            long due = second + 1 + random.nextInt(LATE_SECONDS_MAX);
            late.add(new LateReport(due, Arrays.copyOf(scratch.bytes(), scratch.size())));
        }
    }

    /// In the order they were held back, so one that is far off holds up those behind it, as a lost
    /// connection does.
    private void deliverLate(LineText out, long upToSecond) {
        while (!late.isEmpty() && late.element().dueSecond() <= upToSecond) {
            out.text(late.remove().line());
            pointCount++;
            lateCount++;
        }
    }
}
