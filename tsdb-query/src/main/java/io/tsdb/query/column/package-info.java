/// Columns of values between the operators of a query: vectors of up to [ColumnVector#ROWS_MAX]
/// rows with presence bits, batches of them, dictionaries of strings.
///
/// In: decoded blocks, tags, partial results. Out: the same arrays to functions, operators and
/// result writers. Strings are reserved at a [io.tsdb.query.budget.MemoryAccount]. A vector belongs
/// to one thread at a time.
@NullMarked
package io.tsdb.query.column;

import org.jspecify.annotations.NullMarked;
