package io.tsdb.storage.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tsdb.storage.model.JsonText;

import java.nio.charset.StandardCharsets;

/// Small complete responses. [RequestGate] adds the headers that all answers have.
public final class HttpAnswers {
    private HttpAnswers() {}

    public static FullHttpResponse empty(HttpResponseStatus status) {
        return withBody(status, Unpooled.EMPTY_BUFFER);
    }

    public static FullHttpResponse json(HttpResponseStatus status, String body) {
        FullHttpResponse response =
                withBody(status, Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");
        return response;
    }

    /// `{"error":"text"}`.
    public static FullHttpResponse error(HttpResponseStatus status, String text) {
        return json(status, "{\"error\":" + JsonText.quoted(text) + "}");
    }

    /// 405 with the methods that the path has.
    public static FullHttpResponse wrongMethod(String method, String path, String allowed) {
        FullHttpResponse response =
                error(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        path + " does not take " + method + "; use " + allowed);
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        return response;
    }

    private static FullHttpResponse withBody(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        if (status.code() != HttpResponseStatus.NO_CONTENT.code()) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        return response;
    }
}
