package io.tsdb.storage.compaction;

import io.tsdb.storage.part.PartSummary;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Decides which parts of a measurement are merged next: a pure function of their summaries and the
/// time of day.
///
/// Time is cut into windows of 1, 4, 16, ... days; a part belongs to the smallest window that holds
/// it. Smaller windows come first. In a window
///
/// 1. **tiers**: parts of like size that were written one after the other are merged as soon as
///    there are enough of them, so that what is being written stays in few parts and each byte is
///    rewritten about once per tier;
/// 2. **rest**: when the window is over and nothing was added for a while, all parts become one, if
///    that is small enough to be worth it: days always, longer windows up to a size. The larger the
///    largest part is beside the others, the longer the wait, so that a late row a day does not
///    rewrite a month every day;
/// 3. **spread**: a part over several days that overlaps others and is too much for one part is cut
///    into days together with them.
///
/// The size of a part is that of its Parquet file: that is the same at every replica, its index is
/// not, and replicas are to come to the same plan.
///
/// Parts that still hold deleted rows when there is nothing else to do are written anew, each by
/// itself.
///
/// Merging is only right for parts between which no other lies, in log and time: its rows would win
/// or lose against the wrong ones. What lies between is taken in.
public final class CompactionPlanner {
    private static final int[] WINDOW_DAYS = {1, 4, 16, 64, 256, 1024};

    private static final long SECONDS_PER_DAY = 86_400;

    /// Beside this many parts a tier is like in size: the largest is at most a third of all.
    private static final int TIER_SHARE = 3;

    private static final int TIER_PARTS_MAX = 32;

    /// A rest this small beside the largest part waits this many times longer, at most.
    private static final long PATIENCE_MAX = 64;

    /// Days that one plan writes parts for, at most: each is an open file with rows in memory.
    private static final int DAYS_MAX = 16;

    private final List<PartSummary> parts;
    private final long nowSeconds;
    private final CompactionConfig config;

    private CompactionPlanner(List<PartSummary> parts, long nowSeconds, CompactionConfig config) {
        this.parts = parts.stream().sorted(PartSummary.BY_RANK).toList();
        this.nowSeconds = nowSeconds;
        this.config = config;
    }

    /// @param parts all parts of one measurement, in any order
    /// @param purgeable those of them that hold rows of deletes made a while ago
    /// @return what to merge now; to be asked again when it is done
    public static Optional<CompactionPlan> plan(
            List<PartSummary> parts,
            List<PartSummary> purgeable,
            long nowSeconds,
            CompactionConfig config) {
        var planner = new CompactionPlanner(parts, nowSeconds, config);
        Optional<CompactionPlan> merge = parts.size() < 2 ? Optional.empty() : planner.plan();
        if (merge.isPresent() || purgeable.isEmpty()) {
            return merge;
        }
        return Optional.of(intoOne(List.of(purgeable.getFirst())));
    }

    private Optional<CompactionPlan> plan() {
        for (int days : WINDOW_DAYS) {
            for (List<PartSummary> window : windows(days)) {
                if (window.size() < 2) {
                    continue;
                }
                Optional<CompactionPlan> found = tier(window, bytesMax(days));
                if (found.isEmpty()) {
                    found = rest(window, days);
                }
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /// Parts that lie within one window each, windows ascending, parts by rank.
    private Iterable<List<PartSummary>> windows(int days) {
        var windows = new TreeMap<Long, List<PartSummary>>();
        for (PartSummary part : parts) {
            long window = Math.floorDiv(firstDay(part), days);
            if (window == Math.floorDiv(lastDay(part), days)) {
                windows.computeIfAbsent(window, _ -> new ArrayList<>()).add(part);
            }
        }
        return windows.values();
    }

    private static long firstDay(PartSummary part) {
        return Math.floorDiv(part.minTime(), PartitionPlan.DAY_NANOS);
    }

    private static long lastDay(PartSummary part) {
        return Math.floorDiv(part.maxTime(), PartitionPlan.DAY_NANOS);
    }

    /// A day may become one part up to any size that there may be, a longer window while it is
    /// small.
    private long bytesMax(int days) {
        return days == 1 ? config.partBytesMax() : config.spanBytesMax();
    }

    private Optional<CompactionPlan> tier(List<PartSummary> window, long bytesMax) {
        List<PartSummary> best = List.of();
        double bestScore = TIER_SHARE;
        for (int from = 0; from + config.tierParts() <= window.size(); from++) {
            long sum = 0;
            long largest = 0;
            int end = Math.min(window.size(), from + TIER_PARTS_MAX);
            for (int to = from + 1; to <= end; to++) {
                long size = window.get(to - 1).parquetBytes();
                sum += size;
                largest = Math.max(largest, size);
                double score = (double) sum / largest;
                if (to - from >= config.tierParts()
                        && sum <= bytesMax
                        && score > bestScore
                        && between(window.subList(from, to)).isEmpty()) {
                    best = window.subList(from, to);
                    bestScore = score;
                }
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(intoOne(best));
    }

    private Optional<CompactionPlan> rest(List<PartSummary> window, int days) {
        long windowEnd = Math.floorDiv(firstDay(window.getFirst()), days) * days + days;
        if (windowEnd * SECONDS_PER_DAY > nowSeconds) {
            return Optional.empty();
        }
        long sum = sizeBytes(window);
        long largest = window.stream().mapToLong(PartSummary::parquetBytes).max().orElse(0);
        long patience = Math.clamp(largest / Math.max(1, sum - largest), 1, PATIENCE_MAX);
        long newest =
                window.stream().mapToLong(part -> part.origin().writtenSeconds()).max().orElse(0);
        if (nowSeconds - newest < config.quiet().toSeconds() * patience) {
            return Optional.empty();
        }
        List<PartSummary> closed = closed(window);
        if (sizeBytes(closed) <= bytesMax(days) && (days > 1 || closed.size() == window.size())) {
            return Optional.of(intoOne(closed));
        }
        return spread(window);
    }

    /// Cuts the first part over several days that overlaps others into days, together with them.
    private Optional<CompactionPlan> spread(List<PartSummary> window) {
        for (PartSummary part : window) {
            if (firstDay(part) == lastDay(part)) {
                continue;
            }
            var touching = new ArrayList<PartSummary>();
            for (PartSummary other : parts) {
                if (other.overlaps(part.minTime(), part.maxTime())) {
                    touching.add(other);
                }
            }
            List<PartSummary> closed = closed(touching);
            List<PartitionPlan.Span> days = days(closed);
            if (closed.size() > 1
                    && sizeBytes(closed) <= config.partBytesMax()
                    && days.size() <= DAYS_MAX) {
                return Optional.of(new CompactionPlan(closed, days));
            }
        }
        return Optional.empty();
    }

    /// The parts with all that lie between them in log and time, by rank.
    private List<PartSummary> closed(List<PartSummary> some) {
        Set<PartSummary> closed = new HashSet<>(some);
        while (closed.addAll(between(closed))) {
            // those may have others between them
        }
        return closed.stream().sorted(PartSummary.BY_RANK).toList();
    }

    /// Other parts that share a time with the span of these and were logged neither before nor
    /// after all of them.
    private List<PartSummary> between(Iterable<PartSummary> some) {
        Set<PartSummary> own = new HashSet<>();
        long minTime = Long.MAX_VALUE;
        long maxTime = Long.MIN_VALUE;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (PartSummary part : some) {
            own.add(part);
            minTime = Math.min(minTime, part.minTime());
            maxTime = Math.max(maxTime, part.maxTime());
            first = Math.min(first, part.origin().firstIndex());
            last = Math.max(last, part.origin().lastIndex());
        }
        var between = new ArrayList<PartSummary>();
        for (PartSummary part : parts) {
            if (!own.contains(part)
                    && part.overlaps(minTime, maxTime)
                    && part.origin().firstIndex() <= last
                    && part.origin().lastIndex() >= first) {
                between.add(part);
            }
        }
        return between;
    }

    private static long sizeBytes(Iterable<PartSummary> some) {
        long sum = 0;
        for (PartSummary part : some) {
            sum += part.parquetBytes();
        }
        return sum;
    }

    private static CompactionPlan intoOne(List<PartSummary> inputs) {
        long minTime = inputs.stream().mapToLong(PartSummary::minTime).min().orElseThrow();
        long maxTime = inputs.stream().mapToLong(PartSummary::maxTime).max().orElseThrow();
        long day = Math.floorDiv(minTime, PartitionPlan.DAY_NANOS);
        return new CompactionPlan(
                inputs,
                List.of(new PartitionPlan.Span(LocalDate.ofEpochDay(day), minTime, maxTime)));
    }

    /// A span for each day in which some part has its first or last row, the days between such days
    /// with the one before.
    private static List<PartitionPlan.Span> days(List<PartSummary> inputs) {
        var starts = new TreeSet<Long>();
        long last = Long.MIN_VALUE;
        for (PartSummary part : inputs) {
            starts.add(firstDay(part));
            starts.add(lastDay(part));
            last = Math.max(last, part.maxTime());
        }
        var spans = new ArrayList<PartitionPlan.Span>();
        for (Long day : starts) {
            Long next = starts.higher(day);
            spans.add(
                    new PartitionPlan.Span(
                            LocalDate.ofEpochDay(day),
                            Math.max(
                                    inputs.stream()
                                            .mapToLong(PartSummary::minTime)
                                            .min()
                                            .orElseThrow(),
                                    PartitionPlan.startOf(day)),
                            next == null ? last : PartitionPlan.startOf(next) - 1));
        }
        return spans;
    }
}
