package io.tsdb.cluster.node.console;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

import java.nio.charset.StandardCharsets;

/// Answers with files, and the headers by which a browser runs nothing but them.
final class ConsoleAnswers {
    /// Scripts, styles and answers come from the node itself; no script in a page, no form to
    /// elsewhere, no page around this one.
    static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private ConsoleAnswers() {}

    /// The file, or 304 to a browser that has it. A browser asks each time: a node that was
    /// upgraded serves other files.
    static FullHttpResponse file(HttpRequest request, ConsoleFile file) {
        boolean known = file.tag().equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH, ""));
        FullHttpResponse response =
                known
                        ? of(HttpResponseStatus.NOT_MODIFIED, Unpooled.EMPTY_BUFFER)
                        : of(HttpResponseStatus.OK, Unpooled.wrappedBuffer(file.bytes()));
        if (!known) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, file.contentType());
        }
        response.headers()
                .set(HttpHeaderNames.ETAG, file.tag())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        return response;
    }

    static FullHttpResponse text(String text) {
        FullHttpResponse response =
                of(
                        HttpResponseStatus.OK,
                        Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        return response;
    }

    private static FullHttpResponse of(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer")
                .set("Cross-Origin-Opener-Policy", "same-origin");
        return response;
    }
}
