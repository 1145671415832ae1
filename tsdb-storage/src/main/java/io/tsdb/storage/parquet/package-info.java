/// Parquet files: the only package that sees Parquet's classes. Row groups of blocks become column
/// chunks, pages become blocks again.
///
/// In: [RowGroup]s from `part` (blocks in order of series and time). Out: a file that any Parquet
/// reader reads, with [PageSpan]s by which single pages are found and checked again; decoded pages
/// to `part`. Parquet's metadata is written and read by `parquet-format-structures`, pages are
/// encoded here, because the pages end at block edges and are packed for the entropy coder behind
/// them ([DeltaPacking]). A writer belongs to one thread, so does a [PageReader]. Bytes:
/// `docs/format/part-parquet.md`.
@NullMarked
package io.tsdb.storage.parquet;

import org.jspecify.annotations.NullMarked;
