package io.tsdb.storage.compaction;

import io.tsdb.storage.block.Block;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Decides which days of a measurement go into one part: a pure function of the blocks' spans.
///
/// A day with enough rows is a part of its own. Days with few rows are put together with the days
/// that follow, so that a sensor that reports once a day does not make a file a day; such a part
/// has the date of its first day.
public final class PartitionPlan {
    public static final long DAY_NANOS = 86_400_000_000_000L;

    /// Rows from which on a part takes in no further day.
    static final long ROWS_ENOUGH = 16_384;

    /// Span of one part, both ends inclusive.
    public record Span(LocalDate date, long fromNanos, long lastNanos) {}

    private PartitionPlan() {}

    /// The span of one day.
    ///
    /// @param day since 1970
    public static Span day(long day) {
        return span(day, day);
    }

    /// What is left of spans when the time before `oldest` is cut off.
    public static List<Span> from(List<Span> spans, long oldest) {
        return spans.stream()
                .filter(span -> span.lastNanos() >= oldest)
                .map(
                        span ->
                                span.fromNanos() >= oldest
                                        ? span
                                        : new Span(
                                                LocalDate.ofEpochDay(
                                                        Math.floorDiv(oldest, DAY_NANOS)),
                                                oldest,
                                                span.lastNanos()))
                .toList();
    }

    public static List<Span> plan(Iterable<Block> blocks) {
        var rowsByDay = new TreeMap<Long, Long>();
        for (Block block : blocks) {
            long first = Math.floorDiv(block.minTime(), DAY_NANOS);
            long last = Math.floorDiv(block.maxTime(), DAY_NANOS);
            // Rows of a block that spans days are taken for evenly spread; its ends are always
            // counted.
            rowsByDay.merge(first, Math.max(1, block.pointCount() / (last - first + 1)), Long::sum);
            if (last > first) {
                rowsByDay.merge(
                        last, Math.max(1, block.pointCount() / (last - first + 1)), Long::sum);
                if (last - first > 1) {
                    rowsByDay.merge(first + 1, (long) block.pointCount(), Long::sum);
                }
            }
        }
        return spans(rowsByDay);
    }

    private static List<Span> spans(TreeMap<Long, Long> rowsByDay) {
        var spans = new ArrayList<Span>();
        long start = Long.MIN_VALUE;
        long rows = 0;
        boolean open = false;
        for (var day : rowsByDay.entrySet()) {
            if (open && (rows >= ROWS_ENOUGH || rows + day.getValue() > 2 * ROWS_ENOUGH)) {
                spans.add(span(start, day.getKey() - 1));
                open = false;
            }
            if (!open) {
                start = day.getKey();
                rows = 0;
                open = true;
            }
            rows += day.getValue();
        }
        if (open) {
            spans.add(span(start, rowsByDay.lastKey()));
        }
        return spans;
    }

    private static Span span(long firstDay, long lastDay) {
        return new Span(
                LocalDate.ofEpochDay(firstDay),
                startOf(firstDay),
                startOf(lastDay + 1) == Long.MAX_VALUE ? Long.MAX_VALUE : startOf(lastDay + 1) - 1);
    }

    static long startOf(long day) {
        if (day > Long.MAX_VALUE / DAY_NANOS) {
            return Long.MAX_VALUE;
        }
        return day < Long.MIN_VALUE / DAY_NANOS ? Long.MIN_VALUE : day * DAY_NANOS;
    }
}
