package io.tsdb.query.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes the GET and POST requests of one path with their small bodies; passes every other request
/// on.
abstract class RequestCollector extends ChannelInboundHandlerAdapter {
    /// Longest body of a query request, in bytes.
    static final int BODY_BYTES_MAX = 1 << 20;

    private final String path;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuf body;
    private boolean passing = true;

    RequestCollector(String path) {
        this.path = path;
    }

    /// Called with a whole request.
    ///
    /// @param parameters of the URL, and of the body when it is a form
    /// @param text the body when it is not a form
    abstract void request(
            ChannelHandlerContext ctx,
            HttpRequest request,
            Map<String, List<String>> parameters,
            String text);

    /// Refuses a request in the error form of the endpoint.
    abstract FullHttpResponse refusal(HttpResponseStatus status, String code, String message);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head) {
            passing = !new QueryStringDecoder(head.uri()).rawPath().equals(path);
            if (!passing) {
                begin(ctx, head);
            }
        }
        if (passing) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            if (message instanceof HttpContent content) {
                collect(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        HttpMethod method = head.method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.POST)) {
            request = head;
            body = ctx.alloc().buffer();
        } else {
            FullHttpResponse response =
                    refusal(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            "wrong_method",
                            path + " takes GET and POST, not " + method);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, POST");
            ctx.writeAndFlush(response);
        }
    }

    private void collect(ChannelHandlerContext ctx, HttpContent content) {
        HttpRequest head = request;
        ByteBuf collected = body;
        if (head == null || collected == null) {
            return;
        }
        if (collected.readableBytes() + content.content().readableBytes() > BODY_BYTES_MAX) {
            drop();
            ctx.writeAndFlush(
                    refusal(
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                            "too_large",
                            "a query request is limited to " + BODY_BYTES_MAX + " bytes"));
            return;
        }
        collected.writeBytes(content.content());
        if (content instanceof LastHttpContent) {
            String text = collected.toString(StandardCharsets.UTF_8);
            drop();
            var parameters = new HashMap<>(new QueryStringDecoder(head.uri()).parameters());
            String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            if (type.startsWith("application/x-www-form-urlencoded")) {
                parameters.putAll(new QueryStringDecoder(text, false).parameters());
                text = "";
            }
            request(ctx, head, parameters, text);
        }
    }

    private void drop() {
        ByteBuf collected = body;
        if (collected != null) {
            collected.release();
        }
        body = null;
        request = null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        ctx.fireChannelInactive();
    }

    static @Nullable String first(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    static FullHttpResponse response(HttpResponseStatus status, String contentType, String body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        response.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }
}
