/// Rows that are held: stored in columns that grow, put in order, cut to the first of them; and
/// combinations of values numbered as groups.
///
/// In: rows as [io.tsdb.query.column.ColumnVector]s, from shards or from operators above them. Out:
/// the same rows, or the numbers of their groups. All of it is reserved before it is held. One
/// thread at a time.
@NullMarked
package io.tsdb.query.rows;

import org.jspecify.annotations.NullMarked;
