/// The program: `Main` and the composition root of a node.
///
/// Sub-packages, from the ground up: `config` (settings), `client` (SQL over HTTP), `server` (a
/// node: store, router, servers and their handlers), `demo` (the simulated fleet), `shell` (`tsdb
/// sql`), `transfer` (import and export), `command` (one class per subcommand).
@NullMarked
package io.tsdb.cluster.node;

import org.jspecify.annotations.NullMarked;
