package io.tsdb.cluster.node.server;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpCredentials;
import io.tsdb.storage.net.HttpRoute;

import org.jspecify.annotations.Nullable;

/// Lets those in who have a right on all databases: for what concerns the node as a whole.
record AllDatabasesGuard(Access access, Access.Right right) implements HttpRoute.Guard {
    @Override
    public @Nullable FullHttpResponse refusal(HttpRequest request) {
        var token =
                HttpCredentials.tokenIn(
                        request.headers(), new QueryStringDecoder(request.uri()).parameters());
        return switch (access.decide(token, right, "")) {
            case ALLOWED -> null;
            case UNAUTHENTICATED -> {
                FullHttpResponse response =
                        HttpText.error(
                                HttpResponseStatus.UNAUTHORIZED,
                                "unauthorized",
                                "unauthorized access");
                response.headers().add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"tsdb\"");
                response.headers().add(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"tsdb\"");
                yield response;
            }
            case FORBIDDEN ->
                    HttpText.error(
                            HttpResponseStatus.FORBIDDEN,
                            "forbidden",
                            "this token may not do that");
        };
    }
}
