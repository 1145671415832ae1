/// The SQL oracle over real shards.
@NullMarked
package io.tsdb.cluster.read;

import org.jspecify.annotations.NullMarked;
