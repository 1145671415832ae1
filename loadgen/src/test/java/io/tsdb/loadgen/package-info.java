/// Tests over a small real server ([MemoryServer]) on loopback.
@NullMarked
package io.tsdb.loadgen;

import org.jspecify.annotations.NullMarked;
