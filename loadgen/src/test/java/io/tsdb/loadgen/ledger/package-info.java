/// Tests of the package.
@NullMarked
package io.tsdb.loadgen.ledger;

import org.jspecify.annotations.NullMarked;
