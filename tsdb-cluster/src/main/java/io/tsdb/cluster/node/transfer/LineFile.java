package io.tsdb.cluster.node.transfer;

import io.tsdb.ingest.protocol.line.LineEndScanner;

import java.io.IOException;
import java.nio.file.Path;

/// A file of line protocol: its lines as they are, byte by byte, cut where a node cuts them. Blank
/// lines and comments stay here.
final class LineFile implements LineSource {
    /// A node refuses a line above its `line-max` (1 MiB) and names it; beyond this a line is not
    /// held to be sent.
    private static final int LINE_BYTES_MAX = 32 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileText file;
    private final LineEndScanner scanner = new LineEndScanner();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int limit;
    private long nextLine = 1;

    LineFile(Path path) throws IOException {
        file = FileText.open(path);
        if (file.isUtf16()) {
            file.close();
            throw new IOException("the file is UTF-16; line protocol is UTF-8");
        }
    }

    @Override
    public boolean next(LineBatch target) throws IOException {
        while (true) {
            int from = target.size();
            long line = nextLine;
            scanner.reset();
            if (!appendLine(target, from)) {
                return false;
            }
            for (int i = from; i < target.size(); i++) {
                nextLine += target.bytes()[i] == '\n' ? 1 : 0;
            }
            if (!isVoid(target.bytes(), from, target.size())) {
                target.endLine(from, line);
                return true;
            }
            target.truncate(from);
        }
    }

    /// @return false when nothing is left
    private boolean appendLine(LineBatch target, int from) throws IOException {
        while (true) {
            if (at == limit) {
                at = 0;
                limit = Math.max(0, file.stream().read(buffer));
                if (limit == 0) {
                    return target.size() > from;
                }
            }
            if (target.size() == from) {
                guardFirstBytes(target);
            }
            int newline = scanner.scan(buffer, at, limit);
            int end = newline == LineEndScanner.NOT_FOUND ? limit : newline + 1;
            target.append(buffer, at, end);
            at = end;
            if (newline != LineEndScanner.NOT_FOUND) {
                return true;
            }
            if (target.size() - from > LINE_BYTES_MAX) {
                throw new IOException(
                        "line "
                                + nextLine
                                + " has no end within "
                                + (LINE_BYTES_MAX >> 20)
                                + " MiB: a string that starts on it is not closed");
            }
        }
    }

    /// A node drops a byte order mark that begins a request. That of the file is dropped here
    /// already, so one that begins a line is part of a name, and stays it behind a space.
    private void guardFirstBytes(LineBatch target) {
        if (target.lines() == 0 && buffer[at] == (byte) 0xEF) {
            target.append(" ");
        }
    }

    /// Whether a line is blank or a comment. One that a node would complain about is not.
    private static boolean isVoid(byte[] line, int from, int to) {
        int end = to;
        while (end > from && (line[end - 1] == '\n' || line[end - 1] == '\r')) {
            end--;
        }
        int start = from;
        while (start < end && line[start] == ' ') {
            start++;
        }
        if (start < end && line[start] != '#') {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (line[i] >= 0 && line[i] < ' ' && line[i] != '\t' || line[i] == 0x7F) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long bytesRead() {
        return file.bytesRead();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
