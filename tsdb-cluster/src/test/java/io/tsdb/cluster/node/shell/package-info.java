/// Tests of `io.tsdb.cluster.node.shell`.
@NullMarked
package io.tsdb.cluster.node.shell;

import org.jspecify.annotations.NullMarked;
