/// Files behind an interface, and the checksummed framing that every file format here shares.
///
/// In: paths and bytes from `log`, `series`, `part`, `shard`. Out: the same bytes, or an
/// `IOException` that says which file and doing what ([NamingFileStore], put around every store of
/// files by `shard`); a checksum that does not fit is a
/// [io.tsdb.storage.model.CorruptDataException]. The real files are [LocalFileStore]; tests put one
/// in its place that tears writes, loses what was not synced and fails the n-th call. A [FileStore]
/// is for any thread, an open file for one writer. Bytes of the frame:
/// `docs/format/framed-file.md`.
@NullMarked
package io.tsdb.storage.io;

import org.jspecify.annotations.NullMarked;
