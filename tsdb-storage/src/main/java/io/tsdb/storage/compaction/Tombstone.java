package io.tsdb.storage.compaction;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.scan.DeletedRows;

import java.util.List;

/// A delete whose rows are not yet gone from every part.
///
/// It takes rows away that were logged up to an index, and none that came later: of a part either
/// all rows or none were.
///
/// @param index log index of the delete's own entry
/// @param upTo rows logged later are not meant; less than `index`
/// @param writtenSeconds when it was applied, seconds since 1970; for compaction's patience only
public record Tombstone(
        MeasurementId measurement, long index, long upTo, long writtenSeconds, DeletedRows rows) {

    /// Those that concern a part. Their rows may be of many series: to be asked once a part, not
    /// once a series.
    public static List<Tombstone> concerning(List<Tombstone> tombstones, PartSummary part) {
        return tombstones.isEmpty()
                ? List.of()
                : tombstones.stream().filter(one -> one.concerns(part)).toList();
    }

    /// Whether the part may hold rows that are to be taken away, by the series in it too.
    public boolean concerns(Part part) {
        return concerns(part.summary()) && rows.namesAnyOf(part.seriesIds());
    }

    /// Whether the part may hold rows that are to be taken away.
    public boolean concerns(PartSummary part) {
        return part.origin().lastIndex() <= upTo
                && part.origin().deletesTo() < index
                && part.id().measurement().equals(measurement)
                && rows.overlaps(part.minTime(), part.maxTime());
    }
}
