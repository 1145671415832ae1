package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlParser.KeptContext;
import io.tsdb.storage.schema.Retention;

import java.util.Optional;

/// What stands behind `RETENTION`: `30d`, `'1 day 12 hours'`, `NONE`, `DEFAULT`.
final class RetentionText {
    private static final long NANOS_MIN = 1_000_000_000L;

    private RetentionText() {}

    /// @param inherits whether there is something that `DEFAULT` can mean
    static Retention of(KeptContext kept, boolean inherits) {
        Position at = ExpressionBuilder.position(kept);
        if (kept.NONE() != null) {
            return Retention.FOREVER;
        }
        if (kept.DEFAULT() != null) {
            if (!inherits) {
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        at,
                        "DEFAULT is the retention of the database; of a database itself: NONE, or a"
                                + " length such as 30d");
            }
            return Retention.INHERITED;
        }
        String text =
                kept.STRING() == null
                        ? kept.getText()
                        : ExpressionBuilder.unquoted(kept.STRING().getText());
        if (text.equals("0")) {
            return Retention.FOREVER; // as InfluxDB has it
        }
        Optional<Interval> length = Interval.parse(text);
        if (length.isEmpty()) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at,
                    "'" + text + "' is no retention; expected a length such as 30d, or NONE");
        }
        if (length.get().months() != 0) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at,
                    "months and years have no fixed length: write days, such as 365d");
        }
        if (length.get().nanos() < NANOS_MIN) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE, at, "a retention is a second or longer");
        }
        return new Retention(length.get().nanos());
    }
}
