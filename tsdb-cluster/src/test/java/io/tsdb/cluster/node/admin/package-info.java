/// Tests of what administrators ask over HTTP.
@NullMarked
package io.tsdb.cluster.node.admin;

import org.jspecify.annotations.NullMarked;
