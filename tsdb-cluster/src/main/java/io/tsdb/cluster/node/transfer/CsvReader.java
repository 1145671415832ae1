package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Records of a CSV file as in RFC 4180: quotes, doubled quotes, newlines inside quotes.
final class CsvReader {
    private final BufferedReader reader;
    private final char delimiter;
    private boolean emptyLinesCount;
    private long recordLine;
    private long nextLine = 1;

    CsvReader(BufferedReader reader, char delimiter) {
        this.reader = reader;
        this.delimiter = delimiter;
    }

    /// From now on an empty line is a record of one empty cell: what it is in a file of one column.
    void countEmptyLines() {
        emptyLinesCount = true;
    }

    /// The next record, or null at the end; empty lines are passed over unless they count.
    @Nullable List<String> next() throws IOException {
        while (true) {
            recordLine = nextLine;
            String line = reader.readLine();
            if (line == null) {
                return null;
            }
            nextLine++;
            if (emptyLinesCount || !line.isEmpty()) {
                return cells(line);
            }
        }
    }

    /// Line of the file on which the last record began, from 1.
    long recordLine() {
        return recordLine;
    }

    private List<String> cells(String first) throws IOException {
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        String line = first;
        boolean quoted = false;
        int at = 0;
        while (true) {
            if (at == line.length()) {
                if (!quoted) {
                    cells.add(cell.toString());
                    return cells;
                }
                String more = reader.readLine();
                if (more == null) {
                    throw new IOException(
                            "line " + recordLine + ": a quoted cell is not closed before the end");
                }
                nextLine++;
                cell.append('\n');
                line = more;
                at = 0;
                continue;
            }
            char c = line.charAt(at++);
            if (quoted) {
                if (c != '"') {
                    cell.append(c);
                } else if (at < line.length() && line.charAt(at) == '"') {
                    cell.append('"');
                    at++;
                } else {
                    quoted = false;
                }
            } else if (c == delimiter) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (c == '"' && cell.isEmpty()) {
                quoted = true;
            } else {
                cell.append(c);
            }
        }
    }
}
