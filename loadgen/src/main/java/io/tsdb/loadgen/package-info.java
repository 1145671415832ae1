/// Load generator: makes load from a seed, sends it over the wire protocols, proves that it was
/// kept, and compares servers.
///
/// In: the command line ([Main]). Out: reports. It imports no tsdb module and so is an independent
/// oracle.
@NullMarked
package io.tsdb.loadgen;

import org.jspecify.annotations.NullMarked;
