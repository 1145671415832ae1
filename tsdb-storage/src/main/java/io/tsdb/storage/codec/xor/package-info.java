/// Doubles with a full mantissa: each value XORed with the one before it.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.xor;

import org.jspecify.annotations.NullMarked;
