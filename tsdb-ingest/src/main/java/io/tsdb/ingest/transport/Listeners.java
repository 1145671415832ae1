package io.tsdb.ingest.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

import java.io.IOException;
import java.net.InetSocketAddress;

/// Binds a server's port.
final class Listeners {
    private Listeners() {}

    static Channel bind(ServerBootstrap bootstrap, String host, int port) throws IOException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + host + ":" + port + ": unknown host");
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
        }
        return bound.channel();
    }
}
