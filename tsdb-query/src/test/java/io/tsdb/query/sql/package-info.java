/// Tests of the package of the same name.
@NullMarked
package io.tsdb.query.sql;

import org.jspecify.annotations.NullMarked;
