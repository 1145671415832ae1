package io.tsdb.storage.net;

import java.time.Duration;
import java.util.Optional;

/// Settings that every [Listener] has, whatever is spoken on it.
///
/// @param host address or name to bind
/// @param port 0 takes a free one
/// @param tls TLS when present
/// @param connectionsMax connections beyond it are told so and closed
/// @param stopTimeout how long [Listener#stop()] waits for what is in flight
public record ListenerConfig(
        String host, int port, Optional<TlsFiles> tls, int connectionsMax, Duration stopTimeout) {

    public ListenerConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535: " + port);
        }
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("connections must be at least 1: " + connectionsMax);
        }
    }

    /// Without TLS, 10 s to stop.
    public static ListenerConfig of(String host, int port, int connectionsMax) {
        return new ListenerConfig(
                host, port, Optional.empty(), connectionsMax, Duration.ofSeconds(10));
    }

    public ListenerConfig withTls(Optional<TlsFiles> files) {
        return new ListenerConfig(host, port, files, connectionsMax, stopTimeout);
    }

    public ListenerConfig withConnectionsMax(int connections) {
        return new ListenerConfig(host, port, tls, connections, stopTimeout);
    }
}
