/// A node: store, write router, query engine and servers, put together and taken apart.
///
/// In: a checked `NodeConfig`. Out: HTTP and line TCP on their ports, from [Node#start] to
/// [Node#close]. Handlers run on event loops, queries on their own threads, shards on theirs.
@NullMarked
package io.tsdb.cluster.node.server;

import org.jspecify.annotations.NullMarked;
