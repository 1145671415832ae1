/// Tests of the settings.
@NullMarked
package io.tsdb.cluster.node.config;

import org.jspecify.annotations.NullMarked;
