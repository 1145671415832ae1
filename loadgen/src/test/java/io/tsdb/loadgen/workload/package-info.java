/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.workload;

import org.jspecify.annotations.NullMarked;
