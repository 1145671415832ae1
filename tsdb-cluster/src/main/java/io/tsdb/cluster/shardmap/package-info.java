/// Who is in a cluster, and which log is whose.
///
/// In: what formation found out. Out: members and their addresses, identities of groups. Pure.
@NullMarked
package io.tsdb.cluster.shardmap;

import org.jspecify.annotations.NullMarked;
