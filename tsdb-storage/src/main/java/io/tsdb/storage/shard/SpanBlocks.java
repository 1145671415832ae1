package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.compaction.PartitionPlan.Span;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which blocks of a measurement's series lie in one span: all spans are found in one pass, however
/// many days a head holds.
final class SpanBlocks {
    private static final int STRIDE = 3;

    private int[] places = new int[16 * STRIDE];
    private int count;

    private SpanBlocks() {}

    /// Sorts the blocks of all series into spans.
    ///
    /// @param series each with its blocks in time order, none overlapping another
    /// @param spans in time order, none overlapping another; every row lies in one
    /// @return by span
    static List<SpanBlocks> of(List<HeadBlocks.OfSeries> series, List<Span> spans) {
        var found = new ArrayList<SpanBlocks>(spans.size());
        spans.forEach(_ -> found.add(new SpanBlocks()));
        for (int one = 0; one < series.size(); one++) {
            List<Block> blocks = series.get(one).blocks();
            int from = 0;
            for (int at = 0; from < blocks.size(); at++) {
                long begin = blocks.get(from).minTime();
                if (spans.get(at).lastNanos() < begin) {
                    at = endingAtOrBehind(spans, begin);
                }
                long last = spans.get(at).lastNanos();
                int to = from;
                while (to < blocks.size() && blocks.get(to).minTime() <= last) {
                    to++;
                }
                found.get(at).add(one, from, to);
                while (from < to && blocks.get(from).maxTime() <= last) {
                    from++;
                }
            }
        }
        return found;
    }

    /// The first span that does not end before a time.
    private static int endingAtOrBehind(List<Span> spans, long time) {
        int low = 0;
        int high = spans.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (spans.get(middle).lastNanos() < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void add(int series, int from, int to) {
        if (count * STRIDE == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[count * STRIDE] = series;
        places[count * STRIDE + 1] = from;
        places[count * STRIDE + 2] = to;
        count++;
    }

    /// Series that have blocks in the span.
    int count() {
        return count;
    }

    /// Index of a series in the list that was sorted, ascending.
    int series(int at) {
        return places[at * STRIDE];
    }

    /// Its blocks that reach into the span; the first and the last may reach out of it, and one
    /// that does may have no row in it.
    List<Block> blocks(int at, List<HeadBlocks.OfSeries> series) {
        return series.get(series(at))
                .blocks()
                .subList(places[at * STRIDE + 1], places[at * STRIDE + 2]);
    }
}
