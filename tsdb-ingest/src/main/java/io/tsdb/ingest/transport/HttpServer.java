package io.tsdb.ingest.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// HTTP/1.1 server of a node: one port, the handlers of all endpoints.
///
/// The composition root supplies the handlers of a connection. Each consumes the `HttpRequest` and
/// `HttpContent` objects of requests whose path is its own and passes others on with
/// `ctx.fireChannelRead`; what none takes is answered 404. A handler sees one request at a time:
/// the next comes after its answer (`ctx.writeAndFlush`, from any thread) has been sent. It need
/// not care about keep-alive, pipelining, `Expect`, HEAD (it answers as to GET), the common headers
/// or the rest of a body that it does not want. It learns of a client that went away by
/// `channelInactive` or, when the client ended only its own side, by `ChannelInputShutdownEvent`.
public final class HttpServer {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /// One read limits them, [HeadRoom] what they take, and [RequestGate] how many are answered.
    private static final int PIPELINED_DECODED_MAX = Integer.MAX_VALUE;

    private static final Duration REFUSAL_LINGER = Duration.ofSeconds(1);
    private static final byte[] REFUSAL =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 32\r\n\r\n"
                            + "{\"error\":\"too many connections\"}")
                    .getBytes(StandardCharsets.US_ASCII);

    private final EventLoops loops;
    private final HttpServerConfig config;
    private final CommonHeaders commonHeaders;
    private final IngestCounters counters;
    private final Supplier<List<ChannelHandler>> handlers;
    private final @Nullable SslContext tls;
    private final ChannelGroup connections =
            new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final Channel listener;

    /// Binds and serves from now on.
    ///
    /// @param handlers called once per connection, on its event loop
    /// @throws IOException when the address cannot be bound or the TLS files are wrong
    public HttpServer(
            EventLoops loops,
            HttpServerConfig config,
            ServerIdentity identity,
            InstantSource clock,
            IngestCounters counters,
            Supplier<List<ChannelHandler>> handlers)
            throws IOException {
        this.loops = loops;
        this.config = config;
        this.commonHeaders = new CommonHeaders(identity, clock);
        this.counters = counters;
        this.handlers = handlers;
        this.tls = config.tls().isPresent() ? config.tls().get().serverContext() : null;
        this.listener = Listeners.bind(loops, config.host(), config.port(), this::accept);
        LOG.info("HTTP on {} ({}, {})", address(), scheme(), loops.transportName());
    }

    /// The address that was bound, with the real port.
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    /// `http` or `https`.
    public String scheme() {
        return tls == null ? "http" : "https";
    }

    /// Takes no more connections and requests, waits for the requests in flight (at most
    /// `stopTimeout`), closes.
    public void stop() {
        listener.close().awaitUninterruptibly();
        for (Channel connection : connections) {
            connection.pipeline().fireUserEventTriggered(RequestGate.StopServing.STOP_SERVING);
        }
        boolean done =
                connections
                        .newCloseFuture()
                        .awaitUninterruptibly(
                                config.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (!done) {
            LOG.warn("{} HTTP connections cut off at stop", connections.size());
        }
        connections.close().awaitUninterruptibly();
    }

    private void accept(Channel connection) {
        counters.connectionsAccepted.increment();
        counters.connectionsOpen.increment();
        int open = connectionCount.incrementAndGet();
        connection
                .closeFuture()
                .addListener(
                        _ -> {
                            connectionCount.decrementAndGet();
                            counters.connectionsOpen.decrement();
                        });
        if (open > config.connectionsMax()) {
            refuse(connection);
            return;
        }
        connections.add(connection);
        ChannelPipeline pipeline = connection.pipeline();
        if (tls != null) {
            pipeline.addLast(loops.handshakes().begin(connection, tls));
        }
        var meter = new ReadMeter();
        pipeline.addLast(meter, codec());
        pipeline.addLast(
                new RequestGate(
                        commonHeaders, config.arrival(), counters, meter, loops.headRoom()));
        for (ChannelHandler handler : handlers.get()) {
            pipeline.addLast(handler);
        }
        pipeline.addLast(new UnknownPathHandler());
    }

    private void refuse(Channel connection) {
        counters.connectionsRefused.increment();
        connection
                .eventLoop()
                .execute( // after the channel is active
                        () -> {
                            if (tls != null) {
                                connection.close();
                                return;
                            }
                            connection
                                    .writeAndFlush(Unpooled.wrappedBuffer(REFUSAL))
                                    .addListener(
                                            _ -> LingeringClose.begin(connection, REFUSAL_LINGER));
                        });
    }

    private HttpServerCodec codec() {
        return new HttpServerCodec(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(config.uriBytesMax())
                        .setMaxHeaderSize(config.headBytesMax())
                        .setHeadersFactory(HeadRoom.headersFactory())
                        .setTrailersFactory(HeadRoom.headersFactory())
                        .setMaxChunkSize(Listeners.RECEIVE_BYTES_MAX),
                PIPELINED_DECODED_MAX);
    }
}
