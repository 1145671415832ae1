package io.tsdb.storage.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;

import java.util.function.Function;

/// `GET` and `HEAD`, answered from the head of the request, at once. One per connection.
public final class GetHandler extends ChannelInboundHandlerAdapter {
    private final Function<HttpRequest, FullHttpResponse> answers;

    /// @param answers asked on the event loop: must not block
    public GetHandler(Function<HttpRequest, FullHttpResponse> answers) {
        this.answers = answers;
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
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)
                ? answers.apply(request)
                : HttpAnswers.wrongMethod(
                        method.name(),
                        new QueryStringDecoder(request.uri()).rawPath(),
                        "GET, HEAD");
    }
}
