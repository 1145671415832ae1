package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// What a flush has come to.
///
/// @param logIndex where the head was cut
/// @param seriesMark state of the series log there
/// @param written measurements whose rows up to there are in parts now
/// @param left measurements of which rows up to there are in no part; null while more of the head
///   is to follow
record FlushProgress(
        long logIndex,
        long seriesMark,
        Set<MeasurementId> written,
        @Nullable Set<MeasurementId> left) {
    LogPositions from(LogPositions before) {
        LogPositions moved = before.written(written, logIndex);
        return left == null ? moved : moved.reached(logIndex, left);
    }
}
