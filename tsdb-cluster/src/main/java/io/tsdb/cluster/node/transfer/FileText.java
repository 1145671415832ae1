package io.tsdb.cluster.node.transfer;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// A text file, plain or gzip (told by its first bytes, not by its name), that counts how much of
/// it was read.
final class FileText {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;

    private final Counting raw;
    private final BufferedReader reader;

    private FileText(Counting raw, BufferedReader reader) {
        this.raw = raw;
        this.reader = reader;
    }

    static FileText open(Path file) throws IOException {
        var raw = new Counting(Files.newInputStream(file));
        var buffered = new BufferedInputStream(raw, BUFFER_BYTES);
        buffered.mark(2);
        int magic = buffered.read() << 8 | buffered.read();
        buffered.reset();
        InputStream text =
                magic == GZIP_MAGIC ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
        return new FileText(
                raw, new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8)));
    }

    BufferedReader reader() {
        return reader;
    }

    long bytesRead() {
        return raw.count;
    }

    void close() throws IOException {
        reader.close();
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
