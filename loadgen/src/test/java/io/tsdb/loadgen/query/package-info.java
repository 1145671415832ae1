/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.query;

import org.jspecify.annotations.NullMarked;
