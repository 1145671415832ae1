/// Tests of the query engine over shards in memory.
@NullMarked
package io.tsdb.query.exec;

import org.jspecify.annotations.NullMarked;
