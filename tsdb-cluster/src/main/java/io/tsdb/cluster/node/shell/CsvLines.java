package io.tsdb.cluster.node.shell;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// CSV of a node on its way to a terminal or pipe: lines end with `\n` there, as other tools write
/// them; the header is left out when it is not wanted. What is inside quotes stays as it is.
final class CsvLines extends FilterOutputStream {
    private boolean skipsHeader;
    private boolean isQuoted;

    CsvLines(OutputStream out, boolean skipsHeader) {
        super(out);
        this.skipsHeader = skipsHeader;
    }

    @Override
    public void write(int b) throws IOException {
        if (b == '"') {
            // a doubled quote switches twice
            isQuoted = !isQuoted;
        }
        if (b == '\r' && !isQuoted) {
            return;
        }
        if (!skipsHeader) {
            out.write(b);
        } else if (b == '\n' && !isQuoted) {
            skipsHeader = false;
        }
    }

    /// Flushes; standard output stays open.
    @Override
    public void close() throws IOException {
        flush();
    }
}
