package io.tsdb.storage.net;

import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.function.Supplier;

/// Some paths of an [HttpServer] and who answers them.
///
/// @param paths as they are sent, without query
/// @param guard asked before the handler sees a request
/// @param handler makes the handler of one connection, on its event loop, when the first request
///   for one of the paths comes
public record HttpRoute(
        Set<String> paths, Guard guard, Supplier<? extends ChannelInboundHandler> handler) {

    /// Decides who may ask at all. Called on the event loop: must not block.
    @FunctionalInterface
    public interface Guard {
        /// For handlers that ask for themselves, since they know the database, and for what anybody
        /// may know.
        Guard NONE = _ -> null;

        /// The answer to a request that the handler is not to see, or null.
        @Nullable FullHttpResponse refusal(HttpRequest request);
    }

    public HttpRoute {
        paths = Set.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a route without a path");
        }
    }

    /// A route whose handler asks for itself who may do what, or that is open to all.
    public static HttpRoute of(
            Set<String> paths, Supplier<? extends ChannelInboundHandler> handler) {
        return new HttpRoute(paths, Guard.NONE, handler);
    }
}
