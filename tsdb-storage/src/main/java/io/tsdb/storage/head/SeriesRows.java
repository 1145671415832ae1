package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;

import org.jspecify.annotations.Nullable;

/// What a head holds of one series, as a reader caught it; nothing of it changes.
///
/// @param sealed blocks in the order they were sealed (later ones win), the first `sealedCount`
///   entries
/// @param sealedMaxTime newest time in any sealed block; `Long.MIN_VALUE` without one
/// @param open rows that came after them
public record SeriesRows(
        Block[] sealed, int sealedCount, long sealedMaxTime, @Nullable OpenRows open) {}
