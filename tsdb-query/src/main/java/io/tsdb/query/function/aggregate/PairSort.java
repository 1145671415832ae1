package io.tsdb.query.function.aggregate;

/// Sorts pairs of numbers by the first, then by the second one. Pairs in order already cost one
/// look.
final class PairSort {
    private PairSort() {}

    /// Longs that both arrays and what they are sorted with take for each pair.
    static final int LONGS_PER_PAIR = 2;

    static void sort(long[] first, long[] second, int count) {
        if (isSorted(first, second, count)) {
            return;
        }
        var firstTo = new long[count];
        var secondTo = new long[count];
        for (int width = 1; width < count; width *= 2) {
            for (int from = 0; from < count; from += 2 * width) {
                int middle = Math.min(from + width, count);
                merge(
                        first,
                        second,
                        from,
                        middle,
                        Math.min(middle + width, count),
                        firstTo,
                        secondTo);
            }
            System.arraycopy(firstTo, 0, first, 0, count);
            System.arraycopy(secondTo, 0, second, 0, count);
        }
    }

    private static boolean isSorted(long[] first, long[] second, int count) {
        for (int i = 1; i < count; i++) {
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
            long[] secondTo) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takesRight =
                    left == middle || right < to && isAfter(first, second, left, right);
            int taken = takesRight ? right++ : left++;
            firstTo[at] = first[taken];
            secondTo[at] = second[taken];
        }
    }
}
