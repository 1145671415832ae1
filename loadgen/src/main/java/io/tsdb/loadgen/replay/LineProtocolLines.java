package io.tsdb.loadgen.replay;

import io.tsdb.loadgen.workload.Precision;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;

/// Line protocol from a file. Lines pass unchanged but for the timestamp, which every line must
/// have; comments and blank lines are left out.
final class LineProtocolLines implements RecordedLines {
    private final BufferedReader reader;
    private final Precision precision;
    private String text = "";
    private long nanos;
    private int valueCount;
    private long lineNumber;

    LineProtocolLines(BufferedReader reader, Precision precision) {
        this.reader = reader;
        this.precision = precision;
    }

    @Override
    public boolean advance() throws IOException {
        for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
            lineNumber++;
            String bare = line.strip();
            if (bare.isEmpty() || bare.startsWith("#")) {
                continue;
            }
            int space = bare.lastIndexOf(' ');
            String stamp = bare.substring(space + 1);
            if (space < 0 || !stamp.matches("-?\\d{1,19}")) {
                throw new IOException(
                        "line "
                                + lineNumber
                                + " has no timestamp: replay needs one on every line: "
                                + bare);
            }
            text = bare.substring(0, space);
            nanos = Math.multiplyExact(Long.parseLong(stamp), precision.nanos());
            valueCount = countFields(text);
            return true;
        }
        return false;
    }

    /// Commas outside quotes after the first bare space, and one.
    private static int countFields(String text) {
        boolean quoted = false;
        boolean inFields = false;
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"' && inFields) {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                inFields = true;
            } else if (c == ',' && inFields && !quoted) {
                count++;
            }
        }
        return count;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public int valueCount() {
        return valueCount;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
