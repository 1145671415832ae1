package io.tsdb.cluster.rebalance;

import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.shard.ReplicaParts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which parts of another replica take the place of which own ones, when a damaged part is to go
/// that nobody else has any more, as it was merged there. Pure.
///
/// Every row of a part comes from an entry within its range of the log and has a time within its
/// span. Both replicas hold the same rows; so those of a part that the other one has not are in
/// parts there that share entries and times with it, whose rows are in own parts that do so with
/// them, and so on: what is found in this way holds the same rows on both sides.
///
/// @param removed own ones, the damaged one among them
/// @param added those of the other replica
record PartExchange(List<PartSummary> removed, List<PartSummary> added) {
    /// @param damaged own part
    /// @return empty when it cannot be done as both stand now
    static Optional<PartExchange> plan(
            PartSummary damaged, ReplicaParts.OfMeasurement own, ReplicaParts.OfMeasurement other) {
        Set<PartSummary> mine = without(own.parts(), other.parts());
        Set<PartSummary> theirs = without(other.parts(), own.parts());
        if (!mine.contains(damaged)) {
            return Optional.empty();
        }
        var removed = new LinkedHashSet<>(Set.of(damaged));
        var added = new LinkedHashSet<PartSummary>();
        int before = 0;
        while (removed.size() + added.size() > before) {
            before = removed.size() + added.size();
            theirs.stream().filter(part -> shares(part, removed)).forEach(added::add);
            mine.stream().filter(part -> shares(part, added)).forEach(removed::add);
        }
        long upTo = Math.min(own.position(), other.position());
        return added.isEmpty()
                        || isBeyond(removed, upTo)
                        || isBeyond(added, upTo)
                        || added.stream().anyMatch(part -> hasNumberOf(part, own.parts()))
                ? Optional.empty()
                : Optional.of(new PartExchange(List.copyOf(removed), List.copyOf(added)));
    }

    private static Set<PartSummary> without(List<PartSummary> all, List<PartSummary> others) {
        var left = new ArrayList<>(all);
        left.removeAll(new HashSet<>(others));
        return new LinkedHashSet<>(left);
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

    private static boolean hasNumberOf(PartSummary part, List<PartSummary> own) {
        return own.stream().anyMatch(one -> one.id().equals(part.id()));
    }
}
