package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a flush has come to.
///
/// @param logIndex where the head was cut
/// @param seconds time of day of that, the same on every replica; 0 for this machine's
/// @param seriesMark state of the series log there
/// @param written measurements whose rows up to there are in parts now
/// @param left measurements of which rows up to there are in no part; null while more of the head
///   is to follow
record FlushProgress(
        long logIndex,
        long seconds,
        long seriesMark,
        Set<MeasurementId> written,
        @Nullable Set<MeasurementId> left) {
    /// Cuts at which replicas merge, this one behind those of before once it is whole in the parts.
    List<MergeMark> mergesFrom(Manifest before) {
        if (left == null || seconds == 0 || logIndex <= before.logIndex()) {
            return before.merges();
        }
        var merges = new ArrayList<>(before.merges());
        merges.add(new MergeMark(logIndex, seconds));
        return merges;
    }

    LogPositions from(LogPositions before) {
        LogPositions moved = before.written(written, logIndex);
        return left == null ? moved : moved.reached(logIndex, left);
    }
}
