/// Times as differences counted in the coarsest unit that is lossless; a regular step costs
/// nothing.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.timestamp;

import org.jspecify.annotations.NullMarked;
