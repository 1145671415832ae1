/// The data port: what nodes of a cluster say to one another besides Raft. Entries go to the leader
/// of their log here, fragments of queries to their shards, and nodes that are new find each other.
///
/// In: appends of `raft`, fragments of `read`, and frames of other nodes. Out: the same at the
/// other side. Blocking sockets on virtual threads, two for each connection. Bytes:
/// `docs/protocol/data-port.md`.
@NullMarked
package io.tsdb.cluster.rpc;

import org.jspecify.annotations.NullMarked;
