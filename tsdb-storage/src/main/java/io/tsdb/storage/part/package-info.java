/// Parts: immutable Parquet files of one measurement and one day, each with an index file that
/// knows its series, its blocks and their statistics.
///
/// In: blocks from `shard` (flush) and `compaction`, series by series. Out: statistics without
/// touching Parquet, and blocks with the columns that are asked for, decoded from the pages of
/// these columns on demand and kept in the node's [BlockCache]. A [PartWriter] belongs to one
/// thread; a [Part] is read by any, and stays open until its last user releases it. Damage is a
/// [io.tsdb.storage.model.CorruptDataException] that names file and offset. Bytes:
/// `docs/format/part-index.md`, `docs/format/part-parquet.md`.
@NullMarked
package io.tsdb.storage.part;

import org.jspecify.annotations.NullMarked;
