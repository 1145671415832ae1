package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;

/// Some rows of a result, in columns. Arrays are read only and hold until the next
/// [QueryResult#next()]; entries from [#rowCount()] on, and those of null rows, are undefined.
///
/// | column type | array |
/// |---|---|
/// | TIMESTAMP | [#longs], nanoseconds since the epoch |
/// | INT64 | [#longs] |
/// | UINT64 | [#longs], as [io.tsdb.storage.model.Uint64] has it |
/// | FLOAT64 | [#doubles] |
/// | BOOL | [#longs], 0 or 1 |
/// | STRING | [#stringIds] into [#dictionary] |
public final class ResultBatch {
    private final ColumnBatch batch;

    public ResultBatch(ColumnBatch batch) {
        this.batch = batch;
    }

    /// 1 to [ColumnVector#ROWS_MAX].
    public int rowCount() {
        return batch.rowCount();
    }

    public long[] longs(int column) {
        return batch.column(column).longs();
    }

    public double[] doubles(int column) {
        return batch.column(column).doubles();
    }

    public int[] stringIds(int column) {
        return batch.column(column).ids();
    }

    /// Strings by id; `[0, dictionarySize(column))` are defined. The array may be another one in
    /// the next batch, although the ids stay: see [#dictionarySource].
    public String[] dictionary(int column) {
        return batch.column(column).dictionary();
    }

    public int dictionarySize(int column) {
        return batch.column(column).dictionarySize();
    }

    /// Identity of the dictionary. While it is the same object from batch to batch, an id keeps its
    /// string, so that a writer may cache the encoded bytes per id (and encode only ids from the
    /// last seen size on); another object means: forget what was cached for this column. It is
    /// replaced when it has grown to some ten thousand strings, so a cache stays bounded.
    ///
    /// Columns may share one dictionary.
    public StringDictionary dictionarySource(int column) {
        StringDictionary source = batch.column(column).dictionarySource();
        if (source == null) {
            throw new IllegalStateException("BUG: column " + column + " has no dictionary source");
        }
        return source;
    }

    /// Whether the column has no null in this batch: then [#nulls] need not be asked.
    public boolean hasNoNulls(int column) {
        return batch.column(column).allPresent();
    }

    public boolean isNull(int column, int row) {
        return !batch.column(column).isPresent(row);
    }

    /// Presence bits: bit `row & 63` of word `row >>> 6` is set when the row has a value. Undefined
    /// when [#hasNoNulls].
    public long[] presence(int column) {
        return batch.column(column).presence();
    }
}
