/// Tests of the list of functions: class, row in `docs/sql.md` and `.test` file belong together.
@NullMarked
package io.tsdb.query.function;

import org.jspecify.annotations.NullMarked;
