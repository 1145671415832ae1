/// Tests of the web console: a real browser, without a head, before a real node.
@NullMarked
package io.tsdb.cluster.node.console;

import org.jspecify.annotations.NullMarked;
