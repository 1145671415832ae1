/// Functions of a row and the rows around it, one class each.
///
/// In: a [WindowRows] from `exec`. Out: a number, or the row whose value is the result. Stateless.
@NullMarked
package io.tsdb.query.function.window;

import org.jspecify.annotations.NullMarked;
