/// A column of up to 1024 values to bytes and back, lossless to the bit, by the encoding that takes
/// the fewest bytes.
///
/// In: times, 64-bit values or strings of one column, from `block`. Out: bytes that begin with an
/// [EncodingId]. A [ColumnEncoder] belongs to one thread; [ColumnDecoder] is stateless. Bytes:
/// `docs/format/encodings.md`. Damaged bytes are a `CorruptDataException` or other values, never
/// another exception; finding all damage is the checksum's work, around whatever holds the column.
///
/// One sub-package per encoding; they know only `pack`, not one another.
@NullMarked
package io.tsdb.storage.codec;

import org.jspecify.annotations.NullMarked;
