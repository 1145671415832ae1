/// What encodings are made of: byte cursors, bit packing in eight lanes, residuals with patches.
///
/// In: 64-bit values of one column. Out: bytes, and back. Nothing here knows an encoding's number.
/// Stateless kernels, any thread; a [ByteSink], [ByteSource] or [ResidualPlan] belongs to one.
/// Bytes: `docs/format/encodings.md`.
///
/// A node runs [ScalarLaneKernel]: the vector kernel decodes 1.5 to 2 times as fast once it is
/// compiled, but its incubator module keeps the JVM from using an ahead-of-time cache of linked
/// classes and profiles, which costs more in a node's first minute than vectors ever gave an ingest
/// (PERFORMANCE.md). A JVM started with `--add-modules jdk.incubator.vector` takes the vectors.
@NullMarked
package io.tsdb.storage.codec.pack;

import org.jspecify.annotations.NullMarked;
