package io.tsdb.ingest.batch;

import java.util.Set;
import java.util.function.Predicate;

/// Names that are pending of a request and that the catalog has nevertheless: it had them before,
/// or others defined them meanwhile. Counted only when that decides, and anew only when the catalog
/// has grown, so that a line costs no look at all of them. One thread.
final class Overtaken {
    private int grownTo = -1;
    private int count;

    /// A name became pending that the catalog has.
    void add() {
        count++;
    }

    /// How many names the catalog has with those that are pending, or a larger number that is no
    /// more than the limit.
    ///
    /// @param there names that the catalog has
    int total(int there, Set<String> pending, Predicate<String> isThere, int limit) {
        int all = there + pending.size();
        if (there <= limit && all > limit && there != grownTo) {
            grownTo = there;
            count = (int) pending.stream().filter(isThere).count();
        }
        return all <= limit ? all : all - count;
    }
}
