package io.tsdb.ingest.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/// Binds a server's port; a connection reads when it is asked to, and may be half closed.
final class Listeners {
    /// One read from a socket takes this much at most.
    static final int RECEIVE_BYTES_MAX = 256 << 10;

    private Listeners() {}

    /// @param accept gets each new connection, on its event loop
    static Channel bind(EventLoops loops, String host, int port, Consumer<Channel> accept)
            throws IOException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + host + ":" + port + ": unknown host");
        }
        ChannelFuture bound = bootstrap(loops, accept).bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
        }
        return bound.channel();
    }

    private static ServerBootstrap bootstrap(EventLoops loops, Consumer<Channel> accept) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.channelType())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(2 << 10, 64 << 10, RECEIVE_BYTES_MAX))
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel connection) {
                                accept.accept(connection);
                            }
                        });
    }
}
