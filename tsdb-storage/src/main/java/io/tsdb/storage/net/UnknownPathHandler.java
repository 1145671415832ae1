package io.tsdb.storage.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// End of the handlers: 404 for paths that nobody took, 500 for exceptions that nobody caught.
final class UnknownPathHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownPathHandler.class);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            String path = new QueryStringDecoder(request.uri()).rawPath();
            ctx.writeAndFlush(
                    HttpAnswers.error(HttpResponseStatus.NOT_FOUND, "no such path: " + path));
        }
        ReferenceCountUtil.release(message);
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
