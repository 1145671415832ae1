package io.tsdb.storage.block;

/// A stretch of one series' time that overlaps no other: one source as it is, or several that must
/// be merged.
public sealed interface Piece permits BlockSource, Overlap {}
