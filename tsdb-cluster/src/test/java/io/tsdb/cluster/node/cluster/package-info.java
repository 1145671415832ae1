/// Several nodes as real processes: what a cluster promises when one of them dies.
@NullMarked
package io.tsdb.cluster.node.cluster;

import org.jspecify.annotations.NullMarked;
