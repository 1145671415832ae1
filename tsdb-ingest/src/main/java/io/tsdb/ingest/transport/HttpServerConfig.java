package io.tsdb.ingest.transport;

import java.time.Duration;
import java.util.Optional;

/// Settings of a [HttpServer].
///
/// @param host address or name to bind
/// @param port 0 takes a free one
/// @param tls HTTPS instead of HTTP when present
/// @param connectionsMax connections beyond it are answered 503 and closed
/// @param arrival how slow clients may be
/// @param uriBytesMax longest request line; 414 beyond
/// @param headBytesMax all headers together; 431 beyond
/// @param stopTimeout how long [HttpServer#stop()] waits for requests in flight
public record HttpServerConfig(
        String host,
        int port,
        Optional<TlsFiles> tls,
        int connectionsMax,
        ArrivalLimits arrival,
        int uriBytesMax,
        int headBytesMax,
        Duration stopTimeout) {

    public HttpServerConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535: " + port);
        }
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("connections must be at least 1: " + connectionsMax);
        }
        if (uriBytesMax < 256 || headBytesMax < 256) {
            throw new IllegalArgumentException(
                    "URI and headers need at least 256 bytes: "
                            + uriBytesMax
                            + ", "
                            + headBytesMax);
        }
    }

    /// Plain HTTP, 10,000 connections, 16 KiB of URI, 32 KiB of headers, 10 s to stop.
    public static HttpServerConfig of(String host, int port) {
        return new HttpServerConfig(
                host,
                port,
                Optional.empty(),
                10_000,
                ArrivalLimits.DEFAULT,
                16 << 10,
                32 << 10,
                Duration.ofSeconds(10));
    }

    public HttpServerConfig withTls(TlsFiles files) {
        return new HttpServerConfig(
                host,
                port,
                Optional.of(files),
                connectionsMax,
                arrival,
                uriBytesMax,
                headBytesMax,
                stopTimeout);
    }

    public HttpServerConfig withConnectionsMax(int connections) {
        return new HttpServerConfig(
                host, port, tls, connections, arrival, uriBytesMax, headBytesMax, stopTimeout);
    }

    public HttpServerConfig withArrival(ArrivalLimits limits) {
        return new HttpServerConfig(
                host, port, tls, connectionsMax, limits, uriBytesMax, headBytesMax, stopTimeout);
    }
}
