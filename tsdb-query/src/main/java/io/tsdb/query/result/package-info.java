/// Answers as bytes: JSON, NDJSON, CSV and Arrow, streamed batch by batch.
///
/// In: a [io.tsdb.query.exec.QueryResult]. Out: UTF-8 pieces to a [TextSink], which decides when
/// they leave. One writer per answer, one thread. No object per value: numbers and times are
/// formatted into a byte buffer, strings are encoded once per dictionary entry. Spec:
/// `docs/http-api.md`.
@NullMarked
package io.tsdb.query.result;

import org.jspecify.annotations.NullMarked;
