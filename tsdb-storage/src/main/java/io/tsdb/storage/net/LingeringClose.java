package io.tsdb.storage.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Closes a connection whose client may still be sending, so that it gets to read the answer.
///
/// A plain close with unread input makes the kernel send a reset, and the client sees that instead
/// of the answer. So our side is shut down first, and what comes is thrown away until the client
/// closes, for a limited time and amount.
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final long DISCARD_BYTES_MAX = 256L << 20;

    private long discardedBytes;

    private LingeringClose() {}

    /// Begins to close; everything written before is flushed already.
    static void begin(Channel channel, Duration limit) {
        ChannelPipeline pipeline = channel.pipeline();
        SslHandler tls = pipeline.get(SslHandler.class);
        var linger = new LingeringClose();
        if (tls == null) {
            pipeline.addFirst(linger);
            shutdownOutput(channel);
        } else {
            pipeline.addAfter(pipeline.context(tls).name(), null, linger);
            tls.closeOutbound().addListener(_ -> shutdownOutput(channel));
        }
        channel.eventLoop().schedule(() -> channel.close(), limit.toNanos(), TimeUnit.NANOSECONDS);
        channel.read();
    }

    private static void shutdownOutput(Channel channel) {
        if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
            duplex.shutdownOutput();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            discardedBytes += bytes.readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (discardedBytes > DISCARD_BYTES_MAX) {
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset while we wait for the close is as good as the close
    }
}
