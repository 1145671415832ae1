package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.storage.model.TimeRange;

import org.jspecify.annotations.Nullable;

/// Which rows of a measurement a fragment reads.
///
/// @param range rows outside are not read
/// @param series condition on tags alone, by which series are chosen; null for all
/// @param filter condition on rows; null for all
public record ScanSpec(
        String database,
        String measurement,
        TimeRange range,
        @Nullable BoundExpression series,
        @Nullable BoundExpression filter) {}
