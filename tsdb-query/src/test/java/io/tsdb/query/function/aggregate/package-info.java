/// Tests of aggregates: the contract that all of them keep.
@NullMarked
package io.tsdb.query.function.aggregate;

import org.jspecify.annotations.NullMarked;
