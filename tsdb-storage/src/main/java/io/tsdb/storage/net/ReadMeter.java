package io.tsdb.storage.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Counts the (decrypted) bytes of a connection and notes when the last ones came.
final class ReadMeter extends ChannelInboundHandlerAdapter {
    private long bytes;
    private long lastReadNanos = System.nanoTime();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        bytes += ((ByteBuf) message).readableBytes();
        lastReadNanos = System.nanoTime();
        ctx.fireChannelRead(message);
    }

    /// All bytes so far.
    long bytes() {
        return bytes;
    }

    /// [System#nanoTime()] of the last read.
    long lastReadNanos() {
        return lastReadNanos;
    }

    /// Silence counts from now.
    void restart() {
        lastReadNanos = System.nanoTime();
    }
}
