/// The web console: files that a browser loads from a node, and nothing from elsewhere.
///
/// In: the files of this package's resources. Out: the routes that serve them. The pages ask the
/// node over its HTTP interface (`tsdb-query/docs/http-api.md`) as any client does, with a token
/// that the user gives; what they show is put in as text, and the content security policy lets no
/// other script run. Vendored: uPlot (`uplot-LICENSE.txt`). Threads: event loops.
@NullMarked
package io.tsdb.cluster.node.console;

import org.jspecify.annotations.NullMarked;
