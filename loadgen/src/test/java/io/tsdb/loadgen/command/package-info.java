/// Tests of the command line.
@NullMarked
package io.tsdb.loadgen.command;

import org.jspecify.annotations.NullMarked;
