/// Tests of the package of the same name.
@NullMarked
package io.tsdb.cluster.node.logging;

import org.jspecify.annotations.NullMarked;
