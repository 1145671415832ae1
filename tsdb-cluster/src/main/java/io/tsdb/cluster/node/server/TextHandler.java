package io.tsdb.cluster.node.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

import java.util.function.Supplier;

/// `GET`, answered with a text that is made for each request. One per connection.
final class TextHandler extends ChannelInboundHandlerAdapter {
    private final String contentType;
    private final Supplier<String> text;

    TextHandler(String contentType, Supplier<String> text) {
        this.contentType = contentType;
        this.text = text;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            ctx.writeAndFlush(answer(request));
        }
        ReferenceCountUtil.release(message);
    }

    private FullHttpResponse answer(HttpRequest request) {
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            FullHttpResponse wrong =
                    HttpText.error(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            "method not allowed",
                            "this path takes GET and HEAD");
            wrong.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            return wrong;
        }
        return HttpText.of(HttpResponseStatus.OK, contentType, text.get());
    }
}
