package io.tsdb.query.http;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.result.ResultWriter;
import io.tsdb.query.result.TextSink;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// How an answer is compressed on its way: as the client said that it can read it.
enum ContentCoding {
    IDENTITY("identity"),
    GZIP("gzip"),
    ZSTD("zstd");

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int ZSTD_LEVEL = 1;

    private final String headerName;

    ContentCoding(String headerName) {
        this.headerName = headerName;
    }

    String headerName() {
        return headerName;
    }

    /// The best one that is named in `Accept-Encoding` and not ruled out by `q=0`.
    static ContentCoding of(String acceptEncoding) {
        ContentCoding best = IDENTITY;
        for (String part : acceptEncoding.toLowerCase(Locale.ROOT).split(",")) {
            String[] words = part.strip().split("\\s*;\\s*q=");
            boolean refused = words.length > 1 && words[1].matches("0(\\.0*)?");
            if (!refused && words[0].equals(ZSTD.headerName)) {
                return ZSTD;
            }
            if (!refused && words[0].equals(GZIP.headerName)) {
                best = GZIP;
            }
        }
        return best;
    }

    /// Writes a result, compressed piece by piece: no more than a window of it is held.
    void write(ResultWriter writer, QueryResult result, TextSink sink) throws IOException {
        if (this == IDENTITY) {
            writer.write(result, sink);
            return;
        }
        try (OutputStream compressed = over(new SinkStream(sink))) {
            writer.write(result, (bytes, length) -> compressed.write(bytes, 0, length));
        }
    }

    private OutputStream over(OutputStream target) throws IOException {
        return switch (this) {
            case IDENTITY -> target;
            case GZIP -> new FastGzip(target);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(target, ZSTD_LEVEL);
        };
    }

    /// Gzip at its fastest level.
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream target) throws IOException {
            super(target, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /// A sink as a stream; gathers small writes.
    private static final class SinkStream extends OutputStream {
        private final TextSink sink;
        private final byte[] held = new byte[BUFFER_BYTES];
        private int size;

        SinkStream(TextSink sink) {
            this.sink = sink;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int at = from;
            int left = length;
            while (left > 0) {
                if (size == held.length) {
                    send();
                }
                int count = Math.min(left, held.length - size);
                System.arraycopy(bytes, at, held, size, count);
                size += count;
                at += count;
                left -= count;
            }
        }

        private void send() throws IOException {
            sink.write(held, size);
            size = 0;
        }

        @Override
        public void close() throws IOException {
            send();
        }
    }
}
