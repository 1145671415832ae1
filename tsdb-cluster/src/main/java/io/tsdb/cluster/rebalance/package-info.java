/// Repairs and compares the parts of replicas.
///
/// In: damages that the shards of this node find, and what other nodes ask of its parts, by the
/// port [io.tsdb.cluster.rpc.PartService]. Out: parts that are whole again, copied from another
/// replica and held against what the manifest names, byte for byte. One thread of its own mends;
/// what others ask is answered on theirs. Bytes: `docs/protocol/data-port.md#parts`.
@NullMarked
package io.tsdb.cluster.rebalance;

import org.jspecify.annotations.NullMarked;
