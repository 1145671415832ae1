package io.tsdb.storage.net;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the connections of a node hold of requests that no handler has yet: heads that have not
/// come whole, and requests that wait for the answer to the one before. Any thread.
///
/// Anybody can send them. Decoded they are far larger than the bytes that came (a header of 8 bytes
/// is 150, a request of 20 bytes 700), so a head has only so many headers, and all connections
/// together have a share of the heap: beyond it, the one that has held something for longest is cut
/// off. Ordinary requests come in one read and are passed on in it; they hold nothing here.
public final class HeadRoom {
    /// Headers of a request, and trailers of its body.
    static final int HEADERS_MAX = 100;

    /// What a head holds until it has come whole, about: a buffer and what is decoded of it.
    public static final long UNFINISHED_BYTES = 128L << 10;

    private static final int HEAP_SHARE = 16;
    private static final long BYTES_MIN = 64 * UNFINISHED_BYTES;
    private static final int REQUEST_BYTES = 1024;
    private static final int HEADER_BYTES = 256;
    private static final int CONTENT_BYTES = 256;

    private final long bytesMax;
    private final Map<Channel, Long> holders = new LinkedHashMap<>();
    private long bytes;

    public HeadRoom(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// A sixteenth of the heap.
    public static HeadRoom create() {
        return new HeadRoom(Math.max(BYTES_MIN, Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    }

    /// What an object that waits holds, about; the bytes of a body apart, which one read limits.
    static long bytesOf(HttpObject waiting) {
        return waiting instanceof HttpRequest request
                ? REQUEST_BYTES + (long) HEADER_BYTES * request.headers().size()
                : CONTENT_BYTES;
    }

    /// From now on the connection holds so much; 0: nothing.
    void hold(Channel connection, long held) {
        Channel first = null;
        synchronized (holders) {
            Long before = held == 0 ? holders.remove(connection) : holders.put(connection, held);
            bytes += held - (before == null ? 0 : before);
            if (bytes > bytesMax && held > 0) {
                Iterator<Map.Entry<Channel, Long>> oldest = holders.entrySet().iterator();
                Map.Entry<Channel, Long> entry = oldest.next();
                first = entry.getKey();
                bytes -= entry.getValue();
                oldest.remove();
            }
        }
        if (first != null) {
            first.close();
        }
    }

    public long bytes() {
        synchronized (holders) {
            return bytes;
        }
    }

    /// Headers that refuse more than [#HEADERS_MAX].
    static HttpHeadersFactory headersFactory() {
        return new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new CountedHeaders();
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new CountedHeaders();
            }
        };
    }

    private static final class CountedHeaders extends DefaultHttpHeaders {
        private int count;

        @Override
        public HttpHeaders add(CharSequence name, Object value) {
            if (++count > HEADERS_MAX) {
                throw new TooLongHttpHeaderException("more than " + HEADERS_MAX + " headers");
            }
            return super.add(name, value);
        }
    }
}
