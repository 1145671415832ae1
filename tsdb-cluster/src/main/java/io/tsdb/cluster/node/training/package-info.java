/// A short day of a node, for the JVM's ahead-of-time cache: what is loaded and run here is loaded
/// and compiled early by every later start.
///
/// In: a node that serves. Out: nothing but the JVM's own record of it (`-XX:AOTCacheOutput`, see
/// `./tsdb`). Threads: two senders, then the caller's. And what a recording does not hold, which a
/// node that has just started makes on a thread of its own
/// ([io.tsdb.cluster.node.training.Preload]).
@NullMarked
package io.tsdb.cluster.node.training;

import org.jspecify.annotations.NullMarked;
