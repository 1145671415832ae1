package io.tsdb.ingest.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.util.concurrent.TimeUnit;

/// The threads that serve all connections of a node, shared by its servers; epoll where the native
/// library is present, else NIO.
public final class EventLoops implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerChannel> channelType;
    private final TlsHandshakes handshakes;
    private final HeadRoom headRoom;

    private EventLoops(
            int threads,
            IoHandlerFactory handlers,
            Class<? extends ServerChannel> channelType,
            TlsHandshakes handshakes,
            HeadRoom headRoom) {
        this.handshakes = handshakes;
        this.headRoom = headRoom;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("network", true), handlers);
        this.channelType = channelType;
    }

    /// Epoll where available, else NIO.
    public static EventLoops create(int threads) {
        return create(threads, TlsHandshakes.create(threads), HeadRoom.create());
    }

    static EventLoops create(int threads, TlsHandshakes handshakes, HeadRoom headRoom) {
        return Epoll.isAvailable()
                ? new EventLoops(
                        threads,
                        EpollIoHandler.newFactory(),
                        EpollServerSocketChannel.class,
                        handshakes,
                        headRoom)
                : nio(threads, handshakes, headRoom);
    }

    /// NIO whatever the platform has.
    public static EventLoops nio(int threads) {
        return nio(threads, TlsHandshakes.create(threads), HeadRoom.create());
    }

    private static EventLoops nio(int threads, TlsHandshakes handshakes, HeadRoom headRoom) {
        return new EventLoops(
                threads,
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                handshakes,
                headRoom);
    }

    /// `epoll` or `nio`, for the start-up log.
    public String transportName() {
        return channelType == EpollServerSocketChannel.class ? "epoll" : "nio";
    }

    public MultiThreadIoEventLoopGroup group() {
        return group;
    }

    public Class<? extends ServerChannel> channelType() {
        return channelType;
    }

    /// Of all servers.
    TlsHandshakes handshakes() {
        return handshakes;
    }

    /// Of all servers.
    HeadRoom headRoom() {
        return headRoom;
    }

    /// Ends the threads; the servers are stopped before.
    @Override
    public void close() {
        handshakes.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
