package io.tsdb.loadgen.wire;

import java.io.IOException;
import java.util.Locale;

/// A server refused a query.
public final class SqlRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    SqlRefusedException(int status, String text, String sql) {
        super("HTTP " + status + ": " + text + " :: " + sql);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /// Whether the reason is that the measurement, or its whole database, does not exist, which for
    /// a reader means: no rows.
    public boolean isUnknownMeasurement() {
        String text = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("unknown measurement")
                || text.contains("unknown_measurement")
                || text.contains("unknown_database")
                || text.contains("table does not exist");
    }
}
