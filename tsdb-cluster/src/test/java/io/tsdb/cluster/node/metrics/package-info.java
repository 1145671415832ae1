/// Tests of what a node counts.
@NullMarked
package io.tsdb.cluster.node.metrics;

import org.jspecify.annotations.NullMarked;
