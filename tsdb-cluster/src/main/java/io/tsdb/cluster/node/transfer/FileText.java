package io.tsdb.cluster.node.transfer;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A text file, plain or gzip (told by its first bytes, not by its name), without its byte order
/// mark, that counts how much of it was read.
final class FileText implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int MARK_BYTES_MAX = 3;

    private final Counting raw;
    private final InputStream stream;
    private final Charset marked;

    private FileText(Counting raw, InputStream stream, Charset marked) {
        this.raw = raw;
        this.stream = stream;
        this.marked = marked;
    }

    static FileText open(Path file) throws IOException {
        var raw = new Counting(Files.newInputStream(file));
        try {
            var buffered = new BufferedInputStream(raw, BUFFER_BYTES);
            buffered.mark(2);
            int magic = buffered.read() << 8 | buffered.read();
            buffered.reset();
            var text =
                    magic == GZIP_MAGIC
                            ? new BufferedInputStream(
                                    new GzipText(buffered, BUFFER_BYTES), BUFFER_BYTES)
                            : buffered;
            return new FileText(raw, text, passMark(text));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /// Passes over a byte order mark.
    ///
    /// @return the encoding that it says; UTF-8 without one
    private static Charset passMark(BufferedInputStream text) throws IOException {
        text.mark(MARK_BYTES_MAX);
        byte[] first = text.readNBytes(MARK_BYTES_MAX);
        text.reset();
        if (startsWith(first, 0xEF, 0xBB, 0xBF)) {
            text.skipNBytes(3);
        } else if (startsWith(first, 0xFF, 0xFE)) {
            text.skipNBytes(2);
            return StandardCharsets.UTF_16LE;
        } else if (startsWith(first, 0xFE, 0xFF)) {
            text.skipNBytes(2);
            return StandardCharsets.UTF_16BE;
        }
        return StandardCharsets.UTF_8;
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if ((bytes[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }

    /// The content, behind its byte order mark.
    InputStream stream() {
        return stream;
    }

    /// The encoding that the byte order mark says; UTF-8 without one.
    Charset marked() {
        return marked;
    }

    boolean isUtf16() {
        return !marked.equals(StandardCharsets.UTF_8);
    }

    long bytesRead() {
        return raw.count;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            count = count + (value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int read = in.read(target, from, length);
            count = count + Math.max(0, read);
            return read;
        }
    }
}
