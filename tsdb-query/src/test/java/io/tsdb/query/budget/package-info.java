/// Tests of the memory of queries.
@NullMarked
package io.tsdb.query.budget;

import org.jspecify.annotations.NullMarked;
