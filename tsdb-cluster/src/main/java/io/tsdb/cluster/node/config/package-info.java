/// Settings of a node: one list of keys, each settable in a file, as environment variable and on
/// the command line; the latter goes before the former.
///
/// In: `deploy/tsdb.conf` and the like, `TSDB_...` variables, `--key=value`. Out: a checked
/// [NodeConfig] to the server. Immutable; no threads.
@NullMarked
package io.tsdb.cluster.node.config;

import org.jspecify.annotations.NullMarked;
