/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.compare;

import org.jspecify.annotations.NullMarked;
