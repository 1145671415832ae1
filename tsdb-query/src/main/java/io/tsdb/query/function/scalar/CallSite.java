package io.tsdb.query.function.scalar;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

/// One call of a function in a statement: where it stands, and the memory for the texts that it
/// makes. One thread.
public final class CallSite {
    /// Longest text that a function makes, in UTF-16 units.
    public static final int TEXT_LENGTH_MAX = 1 << 24;

    private static final int STRING_BYTES = 48;

    private final Position position;
    private final MemoryAccount memory;

    public CallSite(Position position, MemoryAccount memory) {
        this.position = position;
        this.memory = memory;
    }

    /// Before a batch: what was made for the one before is no longer used.
    public void begin() {
        memory.releaseAll();
    }

    /// Reserves a text before it is made.
    ///
    /// @param length of it, or the most that it may have, in UTF-16 units
    /// @throws QueryException `limit_exceeded` when it is too long for any text or for the query
    public void reserveText(long length) {
        if (length > TEXT_LENGTH_MAX) {
            throw error(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    "a text has at most "
                            + TEXT_LENGTH_MAX
                            + " characters, this one would have "
                            + length);
        }
        memory.reserve(STRING_BYTES + 2 * length);
    }

    /// An error that names the place of the call.
    public QueryException error(QueryErrorCode code, String text) {
        return new QueryException(code, position, text);
    }

    public Position position() {
        return position;
    }
}
