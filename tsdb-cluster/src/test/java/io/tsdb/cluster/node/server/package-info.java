/// Tests of a node's HTTP surface and of nodes.
@NullMarked
package io.tsdb.cluster.node.server;

import org.jspecify.annotations.NullMarked;
