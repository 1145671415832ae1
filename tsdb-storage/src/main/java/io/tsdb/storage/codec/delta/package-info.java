/// Differences of neighbouring integers, bit-packed, outliers patched: counters, slow curves.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.delta;

import org.jspecify.annotations.NullMarked;
