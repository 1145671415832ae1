package io.tsdb.cluster.node.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

import java.nio.charset.StandardCharsets;

/// Small complete answers.
final class HttpText {
    private HttpText() {}

    static FullHttpResponse of(HttpResponseStatus status, String contentType, String body) {
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set("X-Content-Type-Options", "nosniff")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    /// A constant text in the forms that v1 clients (`error`) and v2 clients (`message`) read.
    static FullHttpResponse error(HttpResponseStatus status, String code, String constant) {
        return of(
                status,
                "application/json; charset=utf-8",
                "{\"error\":\"%s\",\"code\":\"%s\",\"message\":\"%s\"}\n"
                        .formatted(constant, code, constant));
    }
}
