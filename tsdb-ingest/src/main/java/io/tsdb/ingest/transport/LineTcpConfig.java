package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.NameRule;
import io.tsdb.storage.net.ListenerConfig;

import java.time.Duration;

/// Settings of a [LineTcpServer].
///
/// @param database where all lines go
/// @param precision of timestamps
/// @param idleTimeout longest silence of a client
/// @param tokenTimeout until when the token line must have come, where one is needed
/// @param onBadLine what happens after a line that cannot be written
/// @param batchBytesMax text that is gathered while the batch before is being written
/// @param decodeLimits of lines
public record LineTcpConfig(
        ListenerConfig listener,
        String database,
        Precision precision,
        Duration idleTimeout,
        Duration tokenTimeout,
        OnBadLine onBadLine,
        int batchBytesMax,
        DecodeLimits decodeLimits) {

    /// What happens after a line that cannot be written. The protocol has no answers.
    public enum OnBadLine {
        /// The line is logged and counted; the connection goes on.
        SKIP,
        /// Also, the connection is closed once the good lines are written.
        DISCONNECT
    }

    public LineTcpConfig {
        if (batchBytesMax < 1) {
            throw new IllegalArgumentException("batch bytes must be at least 1: " + batchBytesMax);
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
                ListenerConfig.of(host, port, 1_000),
                database,
                Precision.NS,
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                OnBadLine.SKIP,
                1 << 20,
                DecodeLimits.DEFAULT);
    }
}
