package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeLimits;

import java.util.Optional;

/// Settings of the HTTP write endpoints.
///
/// @param rawBytesMax longest body as sent; 413 beyond
/// @param inflatedBytesMax longest body after inflation; 413 beyond
/// @param decodeLimits of lines
/// @param defaultDatabase where a `/write` goes that names no database, as QuestDB's clients send
///   it; without it such a write is refused
public record WriteConfig(
        long rawBytesMax,
        long inflatedBytesMax,
        DecodeLimits decodeLimits,
        Optional<String> defaultDatabase) {
    /// 64 MiB raw and inflated.
    public static final WriteConfig DEFAULT =
            new WriteConfig(64L << 20, 64L << 20, DecodeLimits.DEFAULT, Optional.empty());

    public WriteConfig {
        if (rawBytesMax < 1 || inflatedBytesMax < 1) {
            throw new IllegalArgumentException(
                    "body limits must be positive: " + rawBytesMax + ", " + inflatedBytesMax);
        }
    }
}
