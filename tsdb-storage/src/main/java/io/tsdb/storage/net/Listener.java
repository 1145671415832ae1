package io.tsdb.storage.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One port of a node: takes connections up to a limit, with TLS where it is set, hands them to the
/// protocol that is spoken here, and ends them. Any thread.
///
/// A connection reads when it is asked to, and may be half closed.
public final class Listener {
    /// One read from a socket takes this much at most.
    public static final int RECEIVE_BYTES_MAX = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Duration LAST_WORD_LINGER = Duration.ofSeconds(1);

    private final EventLoops loops;
    private final ListenerConfig config;
    private final Protocol protocol;
    private final @Nullable SslContext tls;
    private final ChannelGroup connections =
            new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final Channel port;

    /// What is spoken on the connections of a port. Called on the event loop of the connection.
    public interface Protocol {
        /// Adds the handlers of a connection; the first of them has to read, since nobody else
        /// does, and to look at [StopServing].
        void open(Channel connection);

        /// What a connection beyond the limit is told.
        ByteBuf tooManyConnections();
    }

    private Listener(EventLoops loops, ListenerConfig config, Protocol protocol)
            throws IOException {
        this.loops = loops;
        this.config = config;
        this.protocol = protocol;
        this.tls = config.tls().isPresent() ? config.tls().get().serverContext() : null;
        this.port = bind();
    }

    /// Takes connections from now on.
    ///
    /// @throws IOException when the address cannot be bound or the TLS files are wrong
    public static Listener bind(EventLoops loops, ListenerConfig config, Protocol protocol)
            throws IOException {
        return new Listener(loops, config, protocol);
    }

    /// The address that was bound, with the real port.
    public InetSocketAddress address() {
        return (InetSocketAddress) port.localAddress();
    }

    public boolean isSecure() {
        return tls != null;
    }

    /// Takes no more connections, asks those that are open to end ([StopServing]), cuts them off
    /// after `stopTimeout`.
    public void stop() {
        port.close().awaitUninterruptibly();
        for (Channel connection : connections) {
            connection.pipeline().fireUserEventTriggered(StopServing.STOP_SERVING);
        }
        boolean done =
                connections
                        .newCloseFuture()
                        .awaitUninterruptibly(
                                config.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (!done) {
            LOG.warn("{}: {} connections cut off at stop", address(), connections.size());
        }
        connections.close().awaitUninterruptibly();
    }

    /// Sends the last bytes of a connection whose client may still be sending, and ends it so that
    /// the client gets to read them.
    public static void sayLast(Channel connection, ByteBuf bytes) {
        connection
                .writeAndFlush(bytes)
                .addListener(_ -> LingeringClose.begin(connection, LAST_WORD_LINGER));
    }

    private void accept(Channel connection) {
        ConnectionCounters counters = loops.counters();
        counters.accepted.increment();
        counters.open.increment();
        int open = connectionCount.incrementAndGet();
        connection
                .closeFuture()
                .addListener(
                        _ -> {
                            connectionCount.decrementAndGet();
                            counters.open.decrement();
                        });
        if (open > config.connectionsMax()) {
            counters.refused.increment();
            connection.eventLoop().execute(() -> refuse(connection)); // once it is active
            return;
        }
        connections.add(connection);
        if (tls != null) {
            connection.pipeline().addLast(loops.handshakes().begin(connection, tls));
        }
        protocol.open(connection);
    }

    /// A handshake only to say so would cost more than the connection.
    private void refuse(Channel connection) {
        if (tls == null) {
            sayLast(connection, protocol.tooManyConnections());
        } else {
            connection.close();
        }
    }

    private Channel bind() throws IOException {
        String host = config.host();
        var address = new InetSocketAddress(host, config.port());
        if (address.isUnresolved()) {
            throw new IOException(
                    "cannot listen on " + host + ":" + config.port() + ": unknown host");
        }
        ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(
                    "cannot listen on " + host + ":" + config.port() + ": " + reason(cause), cause);
        }
        return bound.channel();
    }

    /// What the system says, without Netty's name for the call and its number.
    private static String reason(Throwable cause) {
        return String.valueOf(cause.getMessage())
                .replaceFirst("^bind\\(.*\\) failed with error\\(-?\\d+\\): ", "");
    }

    private ServerBootstrap bootstrap() {
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
                                accept(connection);
                            }
                        });
    }
}
