package io.tsdb.cluster.node.server;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tsdb.cluster.security.Permission;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.cluster.security.Scope;
import io.tsdb.storage.net.HttpRoute;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// Lets those in who may read all databases: for what tells about the node as a whole.
record ReadAllGuard(RequestAuthorizer authorizer) implements HttpRoute.Guard {
    @Override
    public @Nullable FullHttpResponse refusal(HttpRequest request) {
        Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
        var decision =
                authorizer.authorize(
                        request.headers(), query, Permission.READ, Scope.ALL_DATABASES);
        return switch (decision) {
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
