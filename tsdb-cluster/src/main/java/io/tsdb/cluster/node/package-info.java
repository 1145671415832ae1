/// The program: `Main` and the composition root of a node.
///
/// Sub-packages, from the ground up: `config` (settings), `server` (a node: store, router, servers
/// and their handlers), `demo` (the simulated fleet), `command` (one class per subcommand).
@NullMarked
package io.tsdb.cluster.node;

import org.jspecify.annotations.NullMarked;
