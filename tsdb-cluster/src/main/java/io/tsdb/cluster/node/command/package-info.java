/// Subcommands of `tsdb`: one class each, listed in `Main`.
///
/// In: arguments, read by picocli. Out: text on the command's writers and an exit status: 0 done, 1
/// failed, 2 wrong use. Wrong use and failures are one clear line on standard error.
@NullMarked
package io.tsdb.cluster.node.command;

import org.jspecify.annotations.NullMarked;
