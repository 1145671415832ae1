/// Tests of `io.tsdb.cluster.node.training`.
@NullMarked
package io.tsdb.cluster.node.training;

import org.jspecify.annotations.NullMarked;
