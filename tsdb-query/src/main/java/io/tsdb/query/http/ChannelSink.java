package io.tsdb.query.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.result.TextSink;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The pieces of one answer on their way to a client. A short answer leaves as one message with its
/// length; a longer one in chunks, each only when the client has taken most of those before.
final class ChannelSink implements TextSink {
    /// How often a query that waits for its client looks whether it was cancelled.
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int PIECE_BYTES_MAX = 256 << 10;

    /// A client that makes no room for another piece for so long is cut off: its query holds a
    /// thread and a snapshot.
    private static final long STALL_SECONDS_MAX = 60;

    private final ChannelHandlerContext ctx;
    private final String contentType;
    private final ContentCoding coding;
    private final QueryCancellation cancellation;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ByteBuf first;
    private volatile boolean begun;

    /// @param cancellation of the query
    ChannelSink(
            ChannelHandlerContext ctx,
            String contentType,
            ContentCoding coding,
            QueryCancellation cancellation) {
        this.ctx = ctx;
        this.cancellation = cancellation;
        this.contentType = contentType;
        this.coding = coding;
    }

    ContentCoding coding() {
        return coding;
    }

    private void describe(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        headers.set(HttpHeaderNames.VARY, "Accept, Accept-Encoding");
        if (coding != ContentCoding.IDENTITY) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, coding.headerName());
        }
    }

    /// Whether something of the answer has left.
    boolean hasBegun() {
        return begun;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        for (int at = 0; at < length; at += PIECE_BYTES_MAX) {
            write(bytes, at, Math.min(PIECE_BYTES_MAX, length - at));
        }
    }

    private void write(byte[] bytes, int from, int length) throws IOException {
        ByteBuf piece = ctx.alloc().buffer(length).writeBytes(bytes, from, length);
        if (first == null && !begun) {
            first = piece;
            return;
        }
        begin();
        send(piece);
    }

    private void begin() throws IOException {
        ByteBuf held = first;
        if (held != null) {
            first = null;
            begun = true;
            HttpResponse head =
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            describe(head.headers());
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            ctx.write(head);
            send(held);
        }
    }

    private void send(ByteBuf piece) throws IOException {
        Channel channel = ctx.channel();
        if (!channel.isActive()) {
            piece.release();
            throw new ClosedChannelException();
        }
        ctx.writeAndFlush(new DefaultHttpContent(piece));
        awaitWritable(channel);
    }

    private void awaitWritable(Channel channel) throws IOException {
        lock.lock();
        try {
            awaitWritableLocked(channel);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the client", e);
        } finally {
            lock.unlock();
        }
    }

    private void awaitWritableLocked(Channel channel) throws IOException, InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(STALL_SECONDS_MAX);
        while (!channel.isWritable()) {
            if (!channel.isActive()) {
                throw new ClosedChannelException();
            }
            if (cancellation.isCancelled()) {
                throw new IOException("the query was cancelled while its client took nothing");
            }
            if (left <= 0) {
                throw new IOException(
                        "the client took nothing of its answer for " + STALL_SECONDS_MAX + " s");
            }
            left -= WAIT_NANOS - changed.awaitNanos(WAIT_NANOS);
        }
    }

    /// Something about the channel changed.
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Throws away what has not left, so that an error can be the answer.
    void discard() {
        ByteBuf held = first;
        first = null;
        if (held != null) {
            held.release();
        }
    }

    void finish() {
        ByteBuf held = first;
        first = null;
        if (begun) {
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            return;
        }
        begun = true;
        ByteBuf body = held == null ? Unpooled.EMPTY_BUFFER : held;
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        describe(response.headers());
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        ctx.writeAndFlush(response);
    }
}
