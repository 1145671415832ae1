package io.tsdb.cluster.node.console;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

import java.util.function.Supplier;

/// `/`: the console for who takes HTML, which browsers say, a text for `curl` and the like. One per
/// connection.
final class LandingHandler extends ChannelInboundHandlerAdapter {
    private final ConsoleFile page;
    private final Supplier<String> text;

    LandingHandler(ConsoleFile page, Supplier<String> text) {
        this.page = page;
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
        FullHttpResponse wrong = ConsoleAnswers.wrongMethod(request);
        if (wrong != null) {
            return wrong;
        }
        boolean takesHtml =
                request.headers().getAll(HttpHeaderNames.ACCEPT).stream()
                        .anyMatch(accepted -> accepted.contains("text/html"));
        FullHttpResponse response =
                takesHtml ? ConsoleAnswers.file(request, page) : ConsoleAnswers.text(text.get());
        response.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT);
        return response;
    }
}
