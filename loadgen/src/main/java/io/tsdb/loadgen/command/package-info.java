/// The commands: options in, runs started, reports out.
///
/// In: arguments. Out: text on standard output (reports), progress on standard error, exit status 0
/// (held), 1 (did not hold), 2 (wrong use). Threads: the caller's.
@NullMarked
package io.tsdb.loadgen.command;

import org.jspecify.annotations.NullMarked;
