/// Tests of the package.
@NullMarked
package io.tsdb.cluster.rebalance;

import org.jspecify.annotations.NullMarked;
