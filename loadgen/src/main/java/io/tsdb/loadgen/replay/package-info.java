/// Replay of recorded data: line protocol or CSV files, sent at a multiple of the speed at which
/// they were recorded.
///
/// In: a file. Out: a [io.tsdb.loadgen.load.BatchSource]. One connection, so that the order of the
/// file is the order at the server. Threads: one. Memory: one batch. CSV: a header line, commas,
/// fields in double quotes where needed (RFC 4180, no newline inside).
@NullMarked
package io.tsdb.loadgen.replay;

import org.jspecify.annotations.NullMarked;
