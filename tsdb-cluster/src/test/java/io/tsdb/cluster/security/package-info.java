/// Tests of who may do what.
@NullMarked
package io.tsdb.cluster.security;

import org.jspecify.annotations.NullMarked;
