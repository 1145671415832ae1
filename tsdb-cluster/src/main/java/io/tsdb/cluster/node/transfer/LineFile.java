package io.tsdb.cluster.node.transfer;

import java.io.IOException;
import java.nio.file.Path;

/// A file of line protocol. A line ends at a newline outside a quoted string of its fields.
final class LineFile implements LineSource {
    private final FileText text;
    private long lineNumber;
    private long nextLineNumber = 1;

    LineFile(Path file) throws IOException {
        text = FileText.open(file);
    }

    @Override
    public boolean next(StringBuilder target) throws IOException {
        while (true) {
            int from = target.length();
            lineNumber = nextLineNumber;
            String line = text.reader().readLine();
            if (line == null) {
                return false;
            }
            nextLineNumber++;
            target.append(line);
            while (endsInsideString(target, from)) {
                String more = text.reader().readLine();
                if (more == null) {
                    break;
                }
                nextLineNumber++;
                target.append('\n').append(more);
            }
            if (!target.substring(from).isBlank() && target.charAt(from) != '#') {
                target.append('\n');
                return true;
            }
            target.setLength(from);
        }
    }

    /// Whether a string field is still open: a quote counts only behind an unescaped `=` of the
    /// field part.
    private static boolean endsInsideString(StringBuilder line, int from) {
        boolean inFields = false;
        boolean inString = false;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\') {
                i++;
            } else if (inString) {
                inString = c != '"';
            } else if (c == ' ') {
                inFields = true;
            } else if (c == '"' && inFields && line.charAt(i - 1) == '=') {
                inString = true;
            }
        }
        return inString;
    }

    @Override
    public long lineNumber() {
        return lineNumber;
    }

    @Override
    public long bytesRead() {
        return text.bytesRead();
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
