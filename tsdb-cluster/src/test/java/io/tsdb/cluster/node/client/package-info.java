/// Tests of the node's client.
@NullMarked
package io.tsdb.cluster.node.client;

import org.jspecify.annotations.NullMarked;
