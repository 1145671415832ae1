/// A node seen from outside: SQL over HTTP, and tables for a terminal.
///
/// In: the URL of a node, a statement. Out: its columns and rows as text. Blocks the calling
/// thread. `tsdb-query/docs/http-api.md` is all it knows of the node.
@NullMarked
package io.tsdb.cluster.node.client;

import org.jspecify.annotations.NullMarked;
