package io.tsdb.storage.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/// HTTP/1.1 server of a node: one port, the handlers of all endpoints.
///
/// The composition root supplies the routes. The handler of a route gets the `HttpRequest` and
/// `HttpContent` objects of the requests for its paths, and sees one request at a time: the next
/// comes after its answer (`ctx.writeAndFlush`, from any thread) has been sent. It need not care
/// about keep-alive, pipelining, `Expect`, HEAD (it answers as to GET), the common headers or the
/// rest of a body that it does not want. It learns of a client that went away by `channelInactive`
/// or, when the client ended only its own side, by `ChannelInputShutdownEvent`; events it passes
/// on, since other handlers of the connection want them, too.
public final class HttpServer implements Listener.Protocol {
    /// Requests that are answered out of one read; the last one ends the connection, since all of a
    /// read is answered before the event loop serves others. A client that sends so many at once
    /// sends the rest again, as for every connection that ends.
    public static final int PIPELINED_MAX = 128;

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /// One read limits them, [HeadRoom] what they take, and [RequestGate] how many are answered.
    private static final int PIPELINED_DECODED_MAX = Integer.MAX_VALUE;

    private static final byte[] TOO_MANY_CONNECTIONS =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 32\r\n\r\n"
                            + "{\"error\":\"too many connections\"}")
                    .getBytes(StandardCharsets.US_ASCII);

    private final EventLoops loops;
    private final HttpServerConfig config;
    private final CommonHeaders commonHeaders;
    private final HttpRoutes routes;
    private final Ticker ticker;
    private final Listener listener;

    /// Binds and serves from now on.
    ///
    /// @param clock for the `Date` of answers
    /// @param ticker for how long clients take
    /// @throws IOException when the address cannot be bound or the TLS files are wrong
    public HttpServer(
            EventLoops loops,
            HttpServerConfig config,
            ServerIdentity identity,
            InstantSource clock,
            Ticker ticker,
            HttpRoutes routes)
            throws IOException {
        this.loops = loops;
        this.config = config;
        this.commonHeaders = new CommonHeaders(identity, clock);
        this.routes = routes;
        this.ticker = ticker;
        this.listener = Listener.bind(loops, config.listener(), this);
        LOG.info("HTTP on {} ({}, {})", address(), scheme(), loops.transportName());
    }

    /// The address that was bound, with the real port.
    public InetSocketAddress address() {
        return listener.address();
    }

    public int port() {
        return address().getPort();
    }

    /// `http` or `https`.
    public String scheme() {
        return listener.isSecure() ? "https" : "http";
    }

    /// Takes no more connections and requests, waits for the requests in flight (at most
    /// `stopTimeout`), closes.
    public void stop() {
        listener.stop();
    }

    @Override
    public void open(Channel connection) {
        ChannelPipeline pipeline = connection.pipeline();
        var meter = new ReadMeter(ticker);
        pipeline.addLast(meter, codec());
        pipeline.addLast(
                new RequestGate(
                        commonHeaders,
                        config.arrival(),
                        loops.counters(),
                        meter,
                        loops.headRoom(),
                        ticker));
        pipeline.addLast(new RouteSelector(routes), new UncaughtHandler());
    }

    @Override
    public ByteBuf tooManyConnections() {
        return Unpooled.wrappedBuffer(TOO_MANY_CONNECTIONS);
    }

    private HttpServerCodec codec() {
        return new HttpServerCodec(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(config.uriBytesMax())
                        .setMaxHeaderSize(config.headBytesMax())
                        .setHeadersFactory(HeadRoom.headersFactory())
                        .setTrailersFactory(HeadRoom.headersFactory())
                        .setMaxChunkSize(Listener.RECEIVE_BYTES_MAX),
                PIPELINED_DECODED_MAX);
    }
}
