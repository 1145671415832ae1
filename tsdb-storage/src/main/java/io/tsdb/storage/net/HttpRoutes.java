package io.tsdb.storage.net;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// What an [HttpServer] answers. A path that is in no route, byte for byte, is answered 404: an
/// endpoint that nobody thought about is closed, not open. Any thread.
public final class HttpRoutes {
    private final Map<String, HttpRoute> routes = new HashMap<>();
    private final Function<String, FullHttpResponse> unknownPath;

    /// 404 says which path there is not.
    public HttpRoutes(List<HttpRoute> routes) {
        this(
                routes,
                path -> HttpAnswers.error(HttpResponseStatus.NOT_FOUND, "no such path: " + path));
    }

    /// @param unknownPath the answer to a path that is in no route
    /// @throws IllegalArgumentException when two routes have the same path
    public HttpRoutes(List<HttpRoute> routes, Function<String, FullHttpResponse> unknownPath) {
        this.unknownPath = unknownPath;
        for (HttpRoute route : routes) {
            for (String path : route.paths()) {
                if (this.routes.put(path, route) != null) {
                    throw new IllegalArgumentException("two routes have the path " + path);
                }
            }
        }
    }

    /// Every path that is served.
    public Set<String> paths() {
        return Set.copyOf(routes.keySet());
    }

    @Nullable HttpRoute routeOf(HttpRequest request) {
        return routes.get(pathOf(request));
    }

    FullHttpResponse unknownPath(HttpRequest request) {
        return unknownPath.apply(pathOf(request));
    }

    private static String pathOf(HttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }
}
