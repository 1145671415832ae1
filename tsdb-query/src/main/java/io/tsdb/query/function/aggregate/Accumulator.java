package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

/// States of one aggregate for many groups, by slot; reserved before they are made. One thread.
public interface Accumulator {
    /// Makes slots `[0, count)` usable; new ones are empty.
    void ensureSlots(int count);

    /// The second and further arguments of the rows that are taken in next.
    default void setMore(ColumnVector[] more) {}

    /// Takes rows `[from, to)` into one slot; null values do not count.
    ///
    /// @param times the rows' times; undefined unless [AggregateFunction#usesTime()]
    void addRange(int slot, ColumnVector values, long[] times, int from, int to);

    /// Takes row `i` into `slots[i]` for `[0, count)`.
    void addRows(int[] slots, ColumnVector values, long[] times, int count);

    /// Takes in all rows of a block by their statistics.
    ///
    /// @return false when these statistics do not say enough; nothing was taken in then
    boolean addStatistics(int slot, ColumnStatistics statistics);

    /// Writes the states of slots `[from, from + count)` to rows `[0, count)`.
    void writeState(int from, int count, ColumnVector[] state);

    /// Merges row `i` of some states into `slots[i]`.
    void mergeState(int[] slots, ColumnVector[] state, int count);

    /// Writes the results of slots `[from, from + count)` to rows `[0, count)`.
    ///
    /// @param position of the call, for errors
    /// @throws io.tsdb.query.sql.QueryException when a result passes its range
    void writeResult(int from, int count, ColumnVector result, Position position);
}
