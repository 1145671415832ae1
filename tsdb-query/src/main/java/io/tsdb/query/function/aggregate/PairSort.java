package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;

/// Sorts pairs of numbers by the first, then by the second one. Pairs in order already cost one
/// look.
final class PairSort {
    private PairSort() {}

    /// Longs that both arrays and what they are sorted with take for each pair.
    static final int LONGS_PER_PAIR = 2;

    /// Sorts pairs `[begin, end)`.
    ///
    /// @param memory that looks, as the work grows, whether the query was stopped
    static void sort(long[] first, long[] second, int begin, int end, MemoryAccount memory) {
        if (isSorted(first, second, begin, end)) {
            return;
        }
        var firstTo = new long[end];
        var secondTo = new long[end];
        int count = end - begin;
        int steps = 0;
        for (int width = 1; width < count; width *= 2) {
            for (int from = begin; from < end; from += 2 * width) {
                int middle = Math.min(from + width, end);
                int to = Math.min(middle + width, end);
                merge(first, second, from, middle, to, firstTo, secondTo, memory);
                steps += to - from;
                if (steps > MemoryAccount.LOOK_STEPS) {
                    memory.look();
                    steps = 0;
                }
            }
            System.arraycopy(firstTo, begin, first, begin, count);
            System.arraycopy(secondTo, begin, second, begin, count);
        }
    }

    private static boolean isSorted(long[] first, long[] second, int begin, int end) {
        for (int i = begin + 1; i < end; i++) {
            if (isAfter(first, second, i - 1, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAfter(long[] first, long[] second, int a, int b) {
        return first[a] > first[b] || first[a] == first[b] && second[a] > second[b];
    }

    private static void merge(
            long[] first,
            long[] second,
            int from,
            int middle,
            int to,
            long[] firstTo,
            long[] secondTo,
            MemoryAccount memory) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takesRight =
                    left == middle || right < to && isAfter(first, second, left, right);
            int taken = takesRight ? right++ : left++;
            firstTo[at] = first[taken];
            secondTo[at] = second[taken];
            if (at % MemoryAccount.LOOK_STEPS == MemoryAccount.LOOK_STEPS - 1) {
                memory.look();
            }
        }
    }
}
