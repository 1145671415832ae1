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

    /// A page of another site can send everything else without being asked.
    static FullHttpResponse notJson() {
        return error(
                HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                "invalid_value",
                "Content-Type: application/json is needed");
    }

    static FullHttpResponse noCluster() {
        return error(HttpResponseStatus.NOT_FOUND, "not_found", "this node is in no cluster");
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
