/// Runs of equal values: states, switches, flat lines.
///
/// Bytes and examples: `docs/format/encodings.md`. Pure functions over arrays, any thread; knows no
/// other encoding and not its own number.
@NullMarked
package io.tsdb.storage.codec.runlength;

import org.jspecify.annotations.NullMarked;
