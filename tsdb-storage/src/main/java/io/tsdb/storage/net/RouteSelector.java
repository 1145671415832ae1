package io.tsdb.storage.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;
import java.util.Map;

/// Hands the requests of a connection to the handlers of their routes, which stand behind it in the
/// pipeline from their first request on. Messages go straight to the one that they are for, events
/// to all. Event loop only.
final class RouteSelector extends ChannelInboundHandlerAdapter {
    private static final int ROUTES_OF_A_CONNECTION = 2;

    private final HttpRoutes routes;
    private final Map<HttpRoute, ChannelHandlerContext> handlers =
            new IdentityHashMap<>(ROUTES_OF_A_CONNECTION);

    /// The handler that the current request is for; null: it is answered here.
    private @Nullable ChannelHandlerContext current;

    RouteSelector(HttpRoutes routes) {
        this.routes = routes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof HttpRequest request) {
            current = select(ctx, request);
        }
        ChannelHandlerContext target = current;
        if (target == null) {
            ReferenceCountUtil.release(message);
        } else {
            ((ChannelInboundHandler) target.handler()).channelRead(target, message);
        }
    }

    private @Nullable ChannelHandlerContext select(ChannelHandlerContext ctx, HttpRequest request) {
        HttpRoute route = routes.routeOf(request);
        FullHttpResponse refusal =
                route == null ? routes.unknownPath(request) : route.guard().refusal(request);
        if (route == null || refusal != null) {
            ctx.writeAndFlush(refusal);
            return null;
        }
        return handlers.computeIfAbsent(route, _ -> append(ctx, route));
    }

    private static ChannelHandlerContext append(ChannelHandlerContext ctx, HttpRoute route) {
        ChannelInboundHandler handler = route.handler().get();
        ctx.pipeline().addAfter(ctx.name(), null, handler);
        return ctx.pipeline().context(handler);
    }
}
