package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.CallSite;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

/// Texts that results are made of one by one: each is left in the result as a dictionary of one
/// entry, and all are put into one at the end. Other types pass by.
final class TextResults {
    private final String[] texts;
    private int size;

    TextResults(int count) {
        this.texts = new String[Math.max(1, count)];
    }

    /// Reserves a text before it is made.
    static void reserve(long length, MemoryAccount memory) {
        if (length > CallSite.TEXT_LENGTH_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a text has at most "
                            + CallSite.TEXT_LENGTH_MAX
                            + " characters, this one would have "
                            + length);
        }
        memory.reserve(48 + 4 * length);
    }

    /// Reserves a text while it grows: again when it is more than twice as long.
    ///
    /// @param reserved length that was reserved last, 0 at first
    /// @return the same from now on
    static int reserveGrown(int length, int reserved, MemoryAccount memory) {
        if (length <= 2 * reserved) {
            return reserved;
        }
        reserve(length, memory);
        return length;
    }

    /// Leaves a text for [#take].
    static void set(ColumnVector result, int row, String text) {
        result.setDictionary(new String[] {text}, 1);
        result.ids()[row] = 0;
    }

    void take(ColumnVector result, int row) {
        if (result.type() != ColumnType.STRING) {
            return;
        }
        if (result.isPresent(row)) {
            texts[size] = result.string(row);
            result.ids()[row] = size++;
        } else {
            result.ids()[row] = 0;
        }
    }

    void finish(ColumnVector result) {
        if (result.type() == ColumnType.STRING) {
            if (size == 0) {
                texts[size++] = "";
            }
            result.setDictionary(texts, size);
        }
    }
}
