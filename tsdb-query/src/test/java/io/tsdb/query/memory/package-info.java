/// Shards in memory for tests of queries: the read contract over plain arrays, with blocks cut and
/// statistics withheld at random, so that nothing hangs on how a shard lays out its data.
@NullMarked
package io.tsdb.query.memory;

import org.jspecify.annotations.NullMarked;
