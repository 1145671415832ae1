package io.tsdb.ingest.transport;

import io.netty.util.concurrent.EventExecutor;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpRoute;

import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The three HTTP write endpoints of a node: what all their connections share. Any thread.
public final class WriteEndpoint {
    private final PointSink sink;
    private final Access access;
    private final WriteConfig config;
    private final WaitingBytes waiting;
    private final IngestCounters counters;
    private final InstantSource clock;
    private final Supplier<ProtocolDecoder> decoders;
    private final BodyThreads threads;
    private final Map<EventExecutor, LoopResources> resources = new ConcurrentHashMap<>();

    /// @param decoders makes a decoder that fills batches for `sink`
    /// @param threads where long bodies are decoded
    /// @param waiting shared with [LineTcpServer]
    /// @param clock for lines without a timestamp
    /// @throws IllegalArgumentException when one request of the allowed size could never be taken
    public WriteEndpoint(
            PointSink sink,
            Supplier<ProtocolDecoder> decoders,
            BodyThreads threads,
            Access access,
            WriteConfig config,
            WaitingBytes waiting,
            IngestCounters counters,
            InstantSource clock) {
        long needed = WriteExchange.bytesReservedFor(config.inflatedBytesMax());
        if (waiting.arrivalMax() < needed) {
            throw new IllegalArgumentException(
                    "a body of "
                            + config.inflatedBytesMax()
                            + " bytes needs "
                            + needed
                            + " bytes of waiting points, one request may hold "
                            + waiting.arrivalMax()
                            + ", the limit is "
                            + waiting.limit());
        }
        this.sink = sink;
        this.decoders = decoders;
        this.threads = threads;
        this.access = access;
        this.config = config;
        this.waiting = waiting;
        this.counters = counters;
        this.clock = clock;
    }

    /// The three paths.
    public HttpRoute route() {
        return HttpRoute.of(
                Set.of(V1WriteContract.PATH, V2WriteContract.PATH, V3WriteContract.PATH),
                () -> new WriteHandler(this));
    }

    PointSink sink() {
        return sink;
    }

    Access access() {
        return access;
    }

    BodyThreads threads() {
        return threads;
    }

    WriteConfig config() {
        return config;
    }

    WaitingBytes waiting() {
        return waiting;
    }

    IngestCounters counters() {
        return counters;
    }

    long wallClockNanos() {
        return ServerTime.nanos(clock);
    }

    LoopResources resourcesOf(EventExecutor loop) {
        return resources.computeIfAbsent(loop, _ -> new LoopResources(decoders));
    }
}
