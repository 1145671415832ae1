package io.tsdb.storage.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// End of the handlers: 500 for exceptions that nobody caught.
final class UncaughtHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(UncaughtHandler.class);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        throw new IllegalStateException("BUG: a handler passed on what it was chosen for");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.error("{}: request failed", ctx.channel().remoteAddress(), cause);
        var answer = HttpAnswers.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
        answer.headers().set("Connection", "close");
        ctx.writeAndFlush(answer).addListener(_ -> ctx.close());
    }
}
