package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.net.HttpAnswers;

/// Answers in the form of the SQL endpoint's errors.
final class AdminAnswers {
    private AdminAnswers() {}

    static FullHttpResponse json(HttpResponseStatus status, String body) {
        FullHttpResponse response = HttpAnswers.json(status, body + "\n");
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        response.headers().set("X-Content-Type-Options", "nosniff");
        return response;
    }

    static FullHttpResponse error(HttpResponseStatus status, String code, String message) {
        return json(
                status,
                "{\"error\":{\"code\":"
                        + JsonText.quoted(code)
                        + ",\"message\":"
                        + JsonText.quoted(message)
                        + "}}");
    }

    static FullHttpResponse wrongMethod(AdminRequest request, String allowed) {
        FullHttpResponse response =
                error(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        "wrong_method",
                        "use " + allowed + ", not " + request.method());
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        return response;
    }
}
