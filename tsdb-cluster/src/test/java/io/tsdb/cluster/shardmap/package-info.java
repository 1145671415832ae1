/// Where shards are placed.
@NullMarked
package io.tsdb.cluster.shardmap;

import org.jspecify.annotations.NullMarked;
