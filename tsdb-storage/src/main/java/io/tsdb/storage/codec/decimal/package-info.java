/// Doubles as integers of a power of ten, verified to the bit, the rest as exceptions.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.decimal;

import org.jspecify.annotations.NullMarked;
