package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.NameRule;

import java.time.Duration;
import java.util.Optional;

/// Settings of a [LineTcpServer].
///
/// @param host address or name to bind
/// @param port 0 takes a free one
/// @param tls TLS when present
/// @param database where all lines go
/// @param precision of timestamps
/// @param connectionsMax connections beyond it are closed at once
/// @param idleTimeout longest silence of a client
/// @param tokenTimeout until when the token line must have come, where one is needed
/// @param onBadLine what happens after a line that cannot be written
/// @param batchBytesMax text that is gathered while the batch before is being written
/// @param decodeLimits of lines
/// @param stopTimeout how long [LineTcpServer#stop()] waits for batches in flight
public record LineTcpConfig(
        String host,
        int port,
        Optional<TlsFiles> tls,
        String database,
        Precision precision,
        int connectionsMax,
        Duration idleTimeout,
        Duration tokenTimeout,
        OnBadLine onBadLine,
        int batchBytesMax,
        DecodeLimits decodeLimits,
        Duration stopTimeout) {

    /// What happens after a line that cannot be written. The protocol has no answers.
    public enum OnBadLine {
        /// The line is logged and counted; the connection goes on.
        SKIP,
        /// Also, the connection is closed once the good lines are written.
        DISCONNECT
    }

    public LineTcpConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535: " + port);
        }
        if (connectionsMax < 1 || batchBytesMax < 1) {
            throw new IllegalArgumentException(
                    "connections and batch bytes must be at least 1: "
                            + connectionsMax
                            + ", "
                            + batchBytesMax);
        }
        if (!idleTimeout.isPositive() || !tokenTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "timeouts must be positive: " + idleTimeout + ", " + tokenTimeout);
        }
        NameRule.DATABASE
                .violation(database)
                .ifPresent(
                        violation -> {
                            throw new IllegalArgumentException(violation);
                        });
    }

    /// Plain TCP, nanoseconds, 1,000 connections, an hour of silence, 10 s for the token line, bad
    /// lines skipped, 1 MiB batches, 10 s to stop.
    public static LineTcpConfig of(String host, int port, String database) {
        return new LineTcpConfig(
                host,
                port,
                Optional.empty(),
                database,
                Precision.NS,
                1_000,
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                OnBadLine.SKIP,
                1 << 20,
                DecodeLimits.DEFAULT,
                Duration.ofSeconds(10));
    }
}
