/// Tests of `io.tsdb.cluster.node.transfer`.
@NullMarked
package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.NullMarked;
