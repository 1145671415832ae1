package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartSummary;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A measurement's parts, by rank, and the deletes that concern some of them. Never changes.
record PartGroup(List<Part> parts, List<Tombstone> tombstones) {
    static final Comparator<Part> BY_RANK =
            Comparator.comparing(Part::summary, PartSummary.BY_RANK);

    static final PartGroup EMPTY = new PartGroup(List.of(), List.of());

    /// Parts and deletes by measurement.
    ///
    /// @param tombstones those that concern no part are left out
    /// @param isNeeded those that are kept all the same: they concern rows that no part holds yet,
    ///   or a part that cannot be opened
    static Map<MeasurementId, PartGroup> of(
            List<Part> parts, List<Tombstone> tombstones, Predicate<Tombstone> isNeeded) {
        var partsOf = new HashMap<MeasurementId, List<Part>>();
        for (Part part : parts) {
            partsOf.computeIfAbsent(part.id().measurement(), _ -> new ArrayList<>()).add(part);
        }
        var tombstonesOf = new HashMap<MeasurementId, List<Tombstone>>();
        for (Tombstone tombstone : tombstones) {
            MeasurementId owner = tombstone.measurement();
            List<Part> own = partsOf.getOrDefault(owner, List.of());
            if (isNeeded.test(tombstone) || own.stream().anyMatch(tombstone::concerns)) {
                tombstonesOf.computeIfAbsent(owner, _ -> new ArrayList<>()).add(tombstone);
                partsOf.putIfAbsent(owner, new ArrayList<>());
            }
        }
        var grouped = new HashMap<MeasurementId, PartGroup>();
        partsOf.forEach(
                (owner, own) -> {
                    List<Part> ranked = own.stream().sorted(BY_RANK).toList();
                    List<Tombstone> deletes = tombstonesOf.getOrDefault(owner, List.of());
                    grouped.put(owner, new PartGroup(ranked, List.copyOf(deletes)));
                });
        return Map.copyOf(grouped);
    }
}
