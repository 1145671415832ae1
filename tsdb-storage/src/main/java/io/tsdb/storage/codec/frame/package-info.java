/// Frame of reference: integers as their distance from a base, bit-packed, outliers patched.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.frame;

import org.jspecify.annotations.NullMarked;
