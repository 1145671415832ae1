package io.tsdb.query.function.aggregate;

/// Counters, which grow and start anew from zero.
final class Counters {
    private Counters() {}

    /// By how much a counter grew from one row to the next: less than before, it started anew.
    static double growth(GroupRows rows, int from, int to) {
        double step = rows.difference(to, from);
        return step < 0 ? rows.number(to) : step;
    }

    /// By how much it grew in all.
    static double growth(GroupRows rows) {
        double sum = 0;
        for (int i = 1; i < rows.size(); i++) {
            sum += growth(rows, i - 1, i);
        }
        return sum;
    }
}
