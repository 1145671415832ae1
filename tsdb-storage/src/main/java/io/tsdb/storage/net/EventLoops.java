package io.tsdb.storage.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
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

/// What the listeners of a node share: the threads that serve all connections (epoll where the
/// native library is present, else NIO), the shares of memory that strangers can take, counters.
public final class EventLoops implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerChannel> channelType;
    private final TlsHandshakes handshakes;
    private final HeadRoom headRoom;
    private final ConnectionCounters counters = new ConnectionCounters();

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

    /// @param handshakes, headRoom closed with the loops
    public static EventLoops create(int threads, TlsHandshakes handshakes, HeadRoom headRoom) {
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

    /// Of all listeners.
    public ConnectionCounters counters() {
        return counters;
    }

    /// Memory of what strangers hold of all listeners, about, and of the buffers of connections.
    public long heldBytes() {
        long held = headRoom.bytes() + handshakes.count() * TlsHandshakes.BYTES;
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric buffers = provider.metric();
            held += buffers.usedHeapMemory() + buffers.usedDirectMemory();
        }
        return held;
    }

    /// Of all listeners.
    TlsHandshakes handshakes() {
        return handshakes;
    }

    /// Of all listeners.
    HeadRoom headRoom() {
        return headRoom;
    }

    /// Ends the threads; the listeners are stopped before.
    @Override
    public void close() {
        handshakes.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
