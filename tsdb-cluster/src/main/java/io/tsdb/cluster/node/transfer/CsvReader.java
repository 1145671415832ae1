package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Records of CSV as in RFC 4180: quotes, doubled quotes, line ends inside quotes, which stay what
/// they are. Outside quotes a record ends with `\n`, `\r\n` or `\r`. One thread.
final class CsvReader {
    private final TextInput in;
    private final char delimiter;
    private final StringBuilder cell = new StringBuilder();
    private final BitSet quoted = new BitSet();
    private boolean emptyLinesCount;
    private long recordLine;
    private long nextLine = 1;

    CsvReader(TextInput in, char delimiter) {
        this.in = in;
        this.delimiter = delimiter;
    }

    /// From now on an empty line is a record of one empty cell: what it is in a file of one column.
    void countEmptyLines() {
        emptyLinesCount = true;
    }

    /// Passes over a line, whatever it says.
    void skipLine() throws IOException {
        recordLine = nextLine;
        int c = read();
        while (c != TextInput.END && !isLineEnd(c)) {
            c = read();
        }
    }

    /// The next record, or null at the end; empty lines are passed over unless they count.
    @Nullable List<String> next() throws IOException {
        while (true) {
            recordLine = nextLine;
            int first = peek();
            if (first == TextInput.END) {
                return null;
            }
            if (emptyLinesCount || first != '\n' && first != '\r') {
                return cells();
            }
            isLineEnd(read());
        }
    }

    /// Whether a cell of the last record stood in quotes.
    boolean isQuoted(int index) {
        return quoted.get(index);
    }

    /// Line of the file on which the last record began, from 1.
    long recordLine() {
        return recordLine;
    }

    private List<String> cells() throws IOException {
        var cells = new ArrayList<String>();
        quoted.clear();
        while (true) {
            cell.setLength(0);
            int end = peek() == '"' ? quotedCell(cells.size()) : plainCell(cells.size());
            cells.add(cell.toString());
            if (end != delimiter) {
                return cells;
            }
        }
    }

    /// @return what ended the cell
    private int plainCell(int index) throws IOException {
        boolean blank = true;
        while (true) {
            int c = read();
            if (c == delimiter || c == TextInput.END || isLineEnd(c)) {
                return c;
            }
            if (c == '"' && blank) {
                throw fault("cell " + (index + 1) + " has blanks before its quote");
            }
            blank &= c == ' ' || c == '\t';
            cell.append((char) c);
        }
    }

    /// @return what ended the cell
    private int quotedCell(int index) throws IOException {
        quoted.set(index);
        read();
        while (true) {
            int c = read();
            if (c == TextInput.END) {
                throw fault("a quoted cell is not closed before the end");
            }
            if (c != '"') {
                if (c == '\n' || c == '\r' && peek() != '\n') {
                    nextLine++;
                }
                cell.append((char) c);
            } else if (peek() == '"') {
                cell.append((char) read());
            } else {
                int end = read();
                if (end == delimiter || end == TextInput.END || isLineEnd(end)) {
                    return end;
                }
                throw fault("cell " + (index + 1) + " has text behind its closing quote");
            }
        }
    }

    /// Whether a character ends a line; takes the second one of `\r\n`, and counts.
    private boolean isLineEnd(int c) throws IOException {
        if (c == '\r' && peek() == '\n') {
            read();
        }
        boolean ends = c == '\n' || c == '\r';
        nextLine += ends ? 1 : 0;
        return ends;
    }

    private int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            throw placed(e);
        }
    }

    private int peek() throws IOException {
        try {
            return in.peek();
        } catch (IOException e) {
            throw placed(e);
        }
    }

    private IOException placed(IOException e) {
        return new IOException("line " + nextLine + ": " + e.getMessage(), e);
    }

    private IOException fault(String what) {
        return new IOException("line " + recordLine + ": " + what);
    }
}
