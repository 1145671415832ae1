/// Checks of the whole tree: floors, walls, clocks, versions. They see every module, so they live
/// in the top one.
@NullMarked
package io.tsdb.cluster;

import org.jspecify.annotations.NullMarked;
