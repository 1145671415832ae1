package io.tsdb.cluster.node.transfer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Lines of line protocol on their way into one request, and the line of the file that each came
/// from, so that a node's complaint about a line can be put in the file's terms. One thread.
final class LineBatch {
    private byte[] bytes;
    private int size;
    private int lines;
    private long newlines;

    /// From the line `bodyLines[i]` of this batch on, lines lie as far apart as in the file, where
    /// that one is `fileLines[i]`.
    private long[] bodyLines = new long[16];

    private long[] fileLines = new long[16];
    private int marks;

    LineBatch(int capacity) {
        bytes = new byte[capacity];
    }

    /// Counts the bytes from `from` on as the next line.
    ///
    /// @param fileLine where it begins in the file
    void endLine(int from, long fileLine) {
        if (bytes[size - 1] != '\n') {
            append((byte) '\n');
        }
        long bodyLine = newlines + 1;
        if (marks == 0 || fileLine(bodyLine) != fileLine) {
            if (marks == bodyLines.length) {
                bodyLines = Arrays.copyOf(bodyLines, marks * 2);
                fileLines = Arrays.copyOf(fileLines, marks * 2);
            }
            bodyLines[marks] = bodyLine;
            fileLines[marks++] = fileLine;
        }
        for (int at = from; at < size; at++) {
            newlines += bytes[at] == '\n' ? 1 : 0;
        }
        lines++;
    }

    /// The line of the file that a line of this batch came from.
    ///
    /// @param bodyLine from 1
    long fileLine(long bodyLine) {
        int mark = Arrays.binarySearch(bodyLines, 0, marks, bodyLine);
        int before = Math.max(0, mark < 0 ? -mark - 2 : mark);
        return fileLines[before] + bodyLine - bodyLines[before];
    }

    void append(byte[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    void append(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        append(encoded, 0, encoded.length);
    }

    private void append(byte value) {
        reserve(1);
        bytes[size++] = value;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /// Takes back what was appended behind `newSize`.
    void truncate(int newSize) {
        size = newSize;
    }

    int lines() {
        return lines;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }
}
