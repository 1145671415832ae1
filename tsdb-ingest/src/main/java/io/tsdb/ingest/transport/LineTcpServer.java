package io.tsdb.ingest.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.ConnectionCounters;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.Listener;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Line protocol over TCP: a port, one database, no answers; see `docs/protocol/tcp-line.md`.
///
/// A client that ends its side and waits for the end of ours knows that all its complete lines are
/// written; a reset instead says that they are not.
public final class LineTcpServer implements Listener.Protocol {
    private static final Logger LOG = LoggerFactory.getLogger(LineTcpServer.class);
    private static final long REFUSAL_LOG_INTERVAL_NANOS = 1_000_000_000L;

    private final EventLoops loops;
    private final LineTcpConfig config;
    private final PointSink sink;
    private final Supplier<ProtocolDecoder> decoders;
    private final Access access;
    private final WaitingBytes waiting;
    private final IngestCounters counters;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Map<EventExecutor, LoopResources> resources = new ConcurrentHashMap<>();
    private final AtomicLong refusalLoggedNanos;
    private final Listener listener;

    /// Binds and serves from now on.
    ///
    /// @param decoders makes a decoder that fills batches for `sink`
    /// @param waiting shared with [WriteEndpoint]
    /// @param clock for lines without a timestamp
    /// @param ticker for how long lines may be decoded in one go, and clients may be silent
    /// @throws IOException when the address cannot be bound or the TLS files are wrong
    public LineTcpServer(
            EventLoops loops,
            LineTcpConfig config,
            PointSink sink,
            Supplier<ProtocolDecoder> decoders,
            Access access,
            WaitingBytes waiting,
            IngestCounters counters,
            InstantSource clock,
            Ticker ticker)
            throws IOException {
        this.loops = loops;
        this.ticker = ticker;
        this.refusalLoggedNanos = new AtomicLong(ticker.nanos() - REFUSAL_LOG_INTERVAL_NANOS);
        this.config = config;
        this.sink = sink;
        this.decoders = decoders;
        this.access = access;
        this.waiting = waiting;
        this.counters = counters;
        this.clock = clock;
        this.listener = Listener.bind(loops, config.listener(), this);
        LOG.info(
                "line protocol over {} on {}, database {}",
                listener.isSecure() ? "TLS" : "TCP",
                address(),
                config.database());
    }

    /// The address that was bound, with the real port.
    public InetSocketAddress address() {
        return listener.address();
    }

    public int port() {
        return address().getPort();
    }

    /// Takes no more connections and reads no more lines, writes what was read (at most
    /// `stopTimeout`), closes.
    public void stop() {
        listener.stop();
    }

    @Override
    public void open(Channel connection) {
        connection.pipeline().addLast(new LineTcpHandler(this));
    }

    @Override
    public ByteBuf tooManyConnections() {
        return lastLine("too many connections");
    }

    /// The line that says why a connection ends.
    static ByteBuf lastLine(String why) {
        String line = "error: " + why.replace('\n', ' ') + "\n";
        return Unpooled.copiedBuffer(line, StandardCharsets.UTF_8);
    }

    // ---- what the handlers of connections share

    LineTcpConfig config() {
        return config;
    }

    PointSink sink() {
        return sink;
    }

    Access access() {
        return access;
    }

    WaitingBytes waiting() {
        return waiting;
    }

    IngestCounters counters() {
        return counters;
    }

    ConnectionCounters connections() {
        return loops.counters();
    }

    long wallClockNanos() {
        return ServerTime.nanos(clock);
    }

    Ticker ticker() {
        return ticker;
    }

    ProtocolDecoder newDecoder() {
        return decoders.get();
    }

    LoopResources resourcesOf(EventExecutor loop) {
        return resources.computeIfAbsent(loop, _ -> new LoopResources(decoders));
    }

    /// Whether a refused line may be logged now: about one a second is, the counters have the rest.
    boolean mayLogRefusal() {
        long now = ticker.nanos();
        long last = refusalLoggedNanos.get();
        return now - last >= REFUSAL_LOG_INTERVAL_NANOS
                && refusalLoggedNanos.compareAndSet(last, now);
    }
}
