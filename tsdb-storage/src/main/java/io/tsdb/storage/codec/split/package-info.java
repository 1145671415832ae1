/// Doubles with a full mantissa as a front part, of few kinds, and the rest: ALP-RD.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.split;

import org.jspecify.annotations.NullMarked;
