/// Real node processes, killed with -9 under load and held against a ledger of what they
/// acknowledged.
@NullMarked
package io.tsdb.cluster.node.crash;

import org.jspecify.annotations.NullMarked;
