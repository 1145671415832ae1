/// Distinct strings of a column, which its values are ids into.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.dictionary;

import org.jspecify.annotations.NullMarked;
