/// Tests of clusters of tsdb, as processes, whose network, disks, clocks or leaders are not as they
/// should be: what loadgen saw acknowledged is there.
@NullMarked
package io.tsdb.loadgen.cluster;

import org.jspecify.annotations.NullMarked;
