package io.tsdb.storage.block;

import java.util.List;

/// Sources that share a span of time: their rows in it are merged when somebody wants them
/// ([SeriesMerge#merge]).
///
/// @param fromNanos first time of the span
/// @param lastNanos last time of the span, inclusive; rows outside belong to other pieces
/// @param ranked in log order: of two rows with the same time, the later source wins field by field
public record Overlap(long fromNanos, long lastNanos, List<? extends BlockSource> ranked)
        implements Piece {}
