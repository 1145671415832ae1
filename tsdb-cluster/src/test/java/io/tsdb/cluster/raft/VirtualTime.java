package io.tsdb.cluster.raft;

import java.util.Comparator;
import java.util.PriorityQueue;

/// Time of a simulation: it goes from one thing that is due to the next. What runs, runs on the
/// thread that steps; any thread may ask for something later.
final class VirtualTime {
    private record Event(long nanos, long number, Runnable work) {}

    private final PriorityQueue<Event> due =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
    private long now = 1_000_000_000L;
    private long count;

    synchronized long nanos() {
        return now;
    }

    synchronized void later(Runnable work, long nanos) {
        due.add(new Event(now + nanos, count++, work));
    }

    private synchronized Event next(long until) {
        Event first = due.peek();
        if (first == null || first.nanos() > until) {
            now = Math.max(now, until);
            return new Event(now, 0, () -> {});
        }
        due.poll();
        now = Math.max(now, first.nanos());
        return first;
    }

    /// Does everything that is due within a span.
    void run(long span) {
        long until = nanos() + span;
        while (nanos() < until) {
            next(until).work().run();
        }
    }
}
