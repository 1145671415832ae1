package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.ConnectionCounters;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.GetHandler;
import io.tsdb.storage.net.HealthAnswers;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpRoutes;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ServerIdentity;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A server as the node composes it, on loopback, with a [ControlledPointSink].
final class TestServer implements AutoCloseable {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2025-06-01T12:00:00.5Z"));

    final ControlledPointSink sink = new ControlledPointSink();
    final IngestCounters counters = new IngestCounters();
    final ConnectionCounters connections;
    final WaitingBytes waiting;
    final HttpServer http;
    private final EventLoops loops;
    private final BodyThreads threads;

    /// What a test may want otherwise.
    static final class Options {
        EventLoops loops = EventLoops.create(2);
        BodyThreads threads = BodyThreads.create(2, System::nanoTime);
        UnaryOperator<HttpServerConfig> http = config -> config;
        WriteConfig write = WriteConfig.DEFAULT;
        long waitingBytesMax = 256L << 20;
        Access access = Access.OPEN;
        Supplier<HealthAnswers.Health> health = () -> HealthAnswers.Health.OK;
        List<HttpRoute> extraRoutes = List.of();
    }

    TestServer() throws IOException {
        this(new Options());
    }

    TestServer(Options options) throws IOException {
        loops = options.loops;
        connections = loops.counters();
        threads = options.threads;
        waiting = new WaitingBytes(options.waitingBytesMax, System::nanoTime);
        Supplier<ProtocolDecoder> decoders = () -> new LineDecoder(sink, false);
        var endpoint =
                new WriteEndpoint(
                        sink,
                        decoders,
                        threads,
                        options.access,
                        options.write,
                        waiting,
                        counters,
                        CLOCK);
        ServerIdentity identity = ServerIdentity.of("9.9.9");
        var routes = new ArrayList<>(options.extraRoutes);
        routes.add(endpoint.route());
        var health =
                new HealthAnswers(
                        identity, CLOCK, Instant.parse("2025-06-01T11:00:00Z"), options.health);
        routes.add(HttpRoute.of(HealthAnswers.PATHS, () -> new GetHandler(health)));
        http =
                new HttpServer(
                        loops,
                        options.http.apply(HttpServerConfig.of("127.0.0.1", 0)),
                        identity,
                        CLOCK,
                        System::nanoTime,
                        new HttpRoutes(routes));
    }

    static WriteConfig writeConfig(long rawBytesMax, long inflatedBytesMax) {
        return new WriteConfig(
                rawBytesMax,
                inflatedBytesMax,
                WriteConfig.DEFAULT.decodeLimits(),
                Optional.empty());
    }

    HttpSocket connect() throws IOException {
        return new HttpSocket(http.port());
    }

    /// One request on a connection of its own.
    HttpSocket.Answer post(String target, String body) throws IOException {
        try (HttpSocket socket = connect()) {
            return socket.post(target, body);
        }
    }

    HttpSocket.Answer get(String target) throws IOException {
        try (HttpSocket socket = connect()) {
            return socket.send("GET", target, Map.of(), new byte[0]);
        }
    }

    /// Waits until something holds that other threads bring about.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 10 s: " + what);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        sink.letGo();
        http.stop();
        threads.close();
        loops.close();
        sink.close();
    }
}
