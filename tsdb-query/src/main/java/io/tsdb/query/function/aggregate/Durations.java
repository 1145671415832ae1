package io.tsdb.query.function.aggregate;

/// For how long a condition holds: from each row up to the next one.
final class Durations {
    private Durations() {}

    static double secondsTrue(GroupRows rows) {
        double seconds = 0;
        for (int i = 1; i < rows.size(); i++) {
            seconds += rows.bits(i - 1) != 0 ? rows.seconds(i - 1, i) : 0;
        }
        return seconds;
    }
}
