/// Answers in every format, read back by other implementations of it.
@NullMarked
package io.tsdb.cluster.node.answers;

import org.jspecify.annotations.NullMarked;
