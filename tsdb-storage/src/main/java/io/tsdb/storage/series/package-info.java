/// Series of a shard: their dense ids, the dictionary from key to id, and the postings by tag.
///
/// In: canonical keys from `shard`, in log order, each for a measurement by its number. Out: ids to
/// ingest and head, [SeriesIndex] snapshots to queries. The truth is an append-only series log
/// (`docs/format/series-log.md`); the dictionary (Chronicle Map) and the postings (RoaringBitmap) are
/// built from it. One writer thread assigns ids; everything else is for any thread.
///
/// [SeriesIndex]: io.tsdb.storage.scan.SeriesIndex
@NullMarked
package io.tsdb.storage.series;

import org.jspecify.annotations.NullMarked;
