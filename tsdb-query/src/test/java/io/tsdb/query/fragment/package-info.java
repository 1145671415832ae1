/// Tests of what runs at a shard.
@NullMarked
package io.tsdb.query.fragment;

import org.jspecify.annotations.NullMarked;
