package io.tsdb.cluster.node.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.tsdb.cluster.security.Permission;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.cluster.security.Scope;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// First handler of a connection: lets a request through only when its path is in the list of
/// [Access], byte for byte. Everything else is 404 here, so that an endpoint nobody thought about
/// is closed, not open. One per connection.
final class AccessHandler extends ChannelInboundHandlerAdapter {
    /// What a path asks for.
    enum Access {
        /// Nothing: it says what anybody may know.
        OPEN,
        /// The endpoint asks for itself, since it knows the database.
        BY_ENDPOINT,
        /// To read all databases: it tells about the node as a whole.
        READ_ALL
    }

    private static final Map<String, Access> PATHS =
            Map.ofEntries(
                    Map.entry(NodeHandlers.LANDING_PATH, Access.OPEN),
                    Map.entry("/ping", Access.OPEN),
                    Map.entry("/health", Access.OPEN),
                    Map.entry("/ready", Access.OPEN),
                    Map.entry("/settings", Access.OPEN),
                    Map.entry("/write", Access.BY_ENDPOINT),
                    Map.entry("/api/v2/write", Access.BY_ENDPOINT),
                    Map.entry("/api/v2/delete", Access.BY_ENDPOINT),
                    Map.entry("/api/v3/write_lp", Access.BY_ENDPOINT),
                    Map.entry("/api/v1/sql", Access.BY_ENDPOINT),
                    Map.entry("/query", Access.BY_ENDPOINT),
                    Map.entry(NodeHandlers.METRICS_PATH, Access.READ_ALL));

    private final RequestAuthorizer authorizer;
    private boolean refused;

    /// Every path that is served.
    static Set<String> paths() {
        return PATHS.keySet();
    }

    AccessHandler(RequestAuthorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            FullHttpResponse refusal = refusal(request);
            refused = refusal != null;
            if (refusal != null) {
                ctx.writeAndFlush(refusal);
            }
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private @Nullable FullHttpResponse refusal(HttpRequest request) {
        String uri = request.uri();
        int question = uri.indexOf('?');
        Access access = PATHS.get(question < 0 ? uri : uri.substring(0, question));
        if (access == null) {
            return HttpText.error(HttpResponseStatus.NOT_FOUND, "not found", "no such path");
        }
        return switch (access) {
            case OPEN, BY_ENDPOINT -> null;
            case READ_ALL -> refusalToReadAll(request);
        };
    }

    private @Nullable FullHttpResponse refusalToReadAll(HttpRequest request) {
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
