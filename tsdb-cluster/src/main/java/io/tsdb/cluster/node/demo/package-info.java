/// The demonstration: a fleet that does not exist, and what is shown of it.
///
/// In: a seed, a clock, a running node. Out: line protocol over TCP to the node, as a real fleet's
/// gateway would send it; text on the terminal.
@NullMarked
package io.tsdb.cluster.node.demo;

import org.jspecify.annotations.NullMarked;
