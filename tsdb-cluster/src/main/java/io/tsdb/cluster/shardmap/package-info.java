/// Who is in a cluster, and which log is whose.
///
/// In: what formation found out. Out: members and their addresses, identities of groups, and which
/// members keep which shard ([io.tsdb.cluster.shardmap.Placement]); what members run, and the level
/// of what they write for one another (`docs/format/levels.md`). Pure, but for
/// [io.tsdb.cluster.shardmap.ShardMap], which knows who leads right now.
@NullMarked
package io.tsdb.cluster.shardmap;

import org.jspecify.annotations.NullMarked;
