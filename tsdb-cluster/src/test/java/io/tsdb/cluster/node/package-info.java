/// Tests of the program: its command line, its launcher, and nodes as processes.
@NullMarked
package io.tsdb.cluster.node;

import org.jspecify.annotations.NullMarked;
