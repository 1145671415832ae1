package io.tsdb.query.http;

import io.tsdb.storage.net.Access;

import java.util.Locale;

/// A statement whose answer has ended, or that was refused.
///
/// @param text as a log may hold it: short, and without what stands between quotes
/// @param sender who sent it, as `SHOW QUERIES` has it; empty when that is not known
/// @param address where it came from
/// @param rowCount rows of the answer that were handed out
/// @param error code of what went wrong; empty for nothing
public record EndedStatement(
        StatementKind kind,
        String database,
        String text,
        String sender,
        String address,
        long elapsedNanos,
        long rowCount,
        String error) {
    /// What went wrong with a statement that its sender may not run.
    static String error(Access.Decision decision) {
        return decision.name().toLowerCase(Locale.ROOT);
    }
}
