package io.tsdb.storage.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tsdb.storage.model.Ticker;

/// Counts the (decrypted) bytes of a connection and notes when the last ones came.
final class ReadMeter extends ChannelInboundHandlerAdapter {
    private final Ticker ticker;
    private long bytes;
    private long lastReadNanos;

    ReadMeter(Ticker ticker) {
        this.ticker = ticker;
        this.lastReadNanos = ticker.nanos();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        bytes += ((ByteBuf) message).readableBytes();
        lastReadNanos = ticker.nanos();
        ctx.fireChannelRead(message);
    }

    /// All bytes so far.
    long bytes() {
        return bytes;
    }

    /// When the last read was, by the ticker.
    long lastReadNanos() {
        return lastReadNanos;
    }

    /// Silence counts from now.
    void restart() {
        lastReadNanos = ticker.nanos();
    }
}
