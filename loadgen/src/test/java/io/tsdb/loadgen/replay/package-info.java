/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.replay;

import org.jspecify.annotations.NullMarked;
