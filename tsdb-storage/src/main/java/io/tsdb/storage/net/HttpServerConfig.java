package io.tsdb.storage.net;

import java.util.Optional;

/// Settings of a [HttpServer].
///
/// @param arrival how slow clients may be
/// @param uriBytesMax longest request line; 414 beyond
/// @param headBytesMax all headers together; 431 beyond
public record HttpServerConfig(
        ListenerConfig listener, ArrivalLimits arrival, int uriBytesMax, int headBytesMax) {

    public HttpServerConfig {
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
                ListenerConfig.of(host, port, 10_000), ArrivalLimits.DEFAULT, 16 << 10, 32 << 10);
    }

    public HttpServerConfig withTls(TlsFiles files) {
        return with(listener.withTls(Optional.of(files)));
    }

    public HttpServerConfig withConnectionsMax(int connections) {
        return with(listener.withConnectionsMax(connections));
    }

    public HttpServerConfig withArrival(ArrivalLimits limits) {
        return new HttpServerConfig(listener, limits, uriBytesMax, headBytesMax);
    }

    private HttpServerConfig with(ListenerConfig other) {
        return new HttpServerConfig(other, arrival, uriBytesMax, headBytesMax);
    }
}
