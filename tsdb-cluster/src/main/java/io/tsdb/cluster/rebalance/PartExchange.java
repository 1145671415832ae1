package io.tsdb.cluster.rebalance;

import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.shard.ReplicaParts;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which parts of another replica take the place of which own ones, when a damaged part is to go
/// that nobody else has any more, as it was merged there. Pure.
///
/// Every row of a part comes from an entry within its range of the log and has a time within its
/// span. Both replicas hold the same rows; so those of a part that the other one has not are in
/// parts there that share entries and times with it, whose rows are in own parts that do so with
/// them, and so on: what is found in this way holds the same rows on both sides. Where it is
/// nothing on the other side, all of them were deleted.
///
/// Which number a part has does not count: what comes gets a number of its own here.
sealed interface PartExchange {
    /// @param removed own ones, the damaged one among them
    /// @param added those of the other replica
    record Possible(List<PartSummary> removed, List<PartSummary> added) implements PartExchange {}

    /// @param reason of the other replica, as both stand now
    record NotNow(String reason) implements PartExchange {}

    /// @param damaged own part
    static PartExchange plan(
            PartSummary damaged, ReplicaParts.OfMeasurement own, ReplicaParts.OfMeasurement other) {
        Set<PartSummary> mine = without(own.parts(), other.parts());
        Set<PartSummary> theirs = without(other.parts(), own.parts());
        if (!mine.contains(damaged)) {
            return new NotNow(
                    own.parts().contains(damaged)
                            ? "has the same part, and could not give it"
                            : "is not needed: the part has gone from here");
        }
        var removed = new LinkedHashSet<>(Set.of(damaged));
        var added = new LinkedHashSet<PartSummary>();
        int before = 0;
        while (removed.size() + added.size() > before) {
            before = removed.size() + added.size();
            theirs.stream().filter(part -> shares(part, removed)).forEach(added::add);
            mine.stream().filter(part -> shares(part, added)).forEach(removed::add);
        }
        if (isBeyond(removed, other.position())) {
            return late("it", other.position(), removed);
        }
        if (isBeyond(added, own.position())) {
            return late("this node", own.position(), added);
        }
        if (added.isEmpty() && own.deletes().stream().noneMatch(one -> one.concerns(damaged))) {
            return new NotNow(
                    "has no part with rows of entries %d to %d, and no delete is known of them"
                            .formatted(
                                    damaged.origin().firstIndex(), damaged.origin().lastIndex()));
        }
        return new Possible(List.copyOf(removed), List.copyOf(added));
    }

    private static Set<PartSummary> without(List<PartSummary> all, List<PartSummary> others) {
        Set<PartSummary.Content> known =
                others.stream().map(PartSummary::content).collect(Collectors.toSet());
        return all.stream()
                .filter(part -> !known.contains(part.content()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean shares(PartSummary part, Collection<PartSummary> others) {
        return others.stream()
                .anyMatch(
                        one ->
                                one.overlaps(part.minTime(), part.maxTime())
                                        && one.origin().firstIndex() <= part.origin().lastIndex()
                                        && part.origin().firstIndex() <= one.origin().lastIndex());
    }

    /// Of later entries one replica has rows in parts, and the other one not yet.
    private static boolean isBeyond(Collection<PartSummary> parts, long index) {
        return parts.stream().anyMatch(part -> part.origin().lastIndex() > index);
    }

    private static NotNow late(String who, long position, Collection<PartSummary> parts) {
        long needed = parts.stream().mapToLong(part -> part.origin().lastIndex()).max().orElse(0);
        return new NotNow(
                "cannot give its rows yet: %s has flushed only up to entry %d of %d"
                        .formatted(who, position, needed));
    }
}
