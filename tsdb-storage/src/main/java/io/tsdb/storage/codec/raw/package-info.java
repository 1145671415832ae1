/// Eight bytes a value: the last resort.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.raw;

import org.jspecify.annotations.NullMarked;
