/// Tests of columns and dictionaries.
@NullMarked
package io.tsdb.query.column;

import org.jspecify.annotations.NullMarked;
