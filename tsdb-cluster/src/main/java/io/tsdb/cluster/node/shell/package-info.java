/// The SQL shell: statements from a terminal, a script or the command line; answers as tables, CSV
/// or JSON.
///
/// In: text, and the URL of a node. Out: what the node answers, on the terminal. One thread. Spec:
/// `docs/cli.md`.
@NullMarked
package io.tsdb.cluster.node.shell;

import org.jspecify.annotations.NullMarked;
