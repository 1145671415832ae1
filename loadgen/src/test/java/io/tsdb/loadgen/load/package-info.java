/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.load;

import org.jspecify.annotations.NullMarked;
