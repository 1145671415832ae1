/// How members come and go, and replicas with them (`docs/cluster.md#members`); and how the parts
/// of replicas are repaired and compared.
///
/// In: what the catalog says ([io.tsdb.cluster.shardmap.ClusterState]), and what other nodes ask
/// for by the data port. Out: the next state, in the catalog; replicas that are copied, opened,
/// taken into groups, and dropped. Each node does its own part of each move; the leader of the
/// catalog decides what moves. Nothing but the catalog says how far a move is, so whoever acts may
/// die and somebody does it again. One thread a node, and one that copies.
///
/// In: damages that the shards of this node find, and what other nodes ask of its parts, by the
/// port [io.tsdb.cluster.rpc.PartService]. Out: parts that are whole again, copied from another
/// replica and held against what the manifest names, byte for byte. One thread of its own mends;
/// what others ask is answered on theirs. Bytes: `docs/protocol/data-port.md#parts`.
@NullMarked
package io.tsdb.cluster.rebalance;

import org.jspecify.annotations.NullMarked;
