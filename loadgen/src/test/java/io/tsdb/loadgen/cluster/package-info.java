/// Tests of clusters of tsdb, as processes, whose network fails: what loadgen saw acknowledged is
/// there.
@NullMarked
package io.tsdb.loadgen.cluster;

import org.jspecify.annotations.NullMarked;
