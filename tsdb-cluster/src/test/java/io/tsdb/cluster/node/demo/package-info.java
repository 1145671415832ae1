/// Tests of the demonstration.
@NullMarked
package io.tsdb.cluster.node.demo;

import org.jspecify.annotations.NullMarked;
