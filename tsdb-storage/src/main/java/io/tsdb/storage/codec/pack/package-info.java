/// What encodings are made of: byte cursors, bit packing in eight lanes, residuals with patches.
///
/// In: 64-bit values of one column. Out: bytes, and back. Nothing here knows an encoding's number.
/// Stateless kernels, any thread; a [ByteSink], [ByteSource] or [ResidualPlan] belongs to one.
/// Bytes: `docs/format/encodings.md`.
@NullMarked
package io.tsdb.storage.codec.pack;

import org.jspecify.annotations.NullMarked;
