package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeLimits;

import java.util.Optional;

/// Settings of the HTTP write endpoints.
///
/// @param rawBytesMax longest body as sent; 413 beyond
/// @param inflatedBytesMax longest body after inflation; 413 beyond
/// @param decodeLimits of lines
/// @param clientDefaultDatabase where QuestDB's clients write, which name no database; without it
///   they are answered as everybody who names none
public record WriteConfig(
        long rawBytesMax,
        long inflatedBytesMax,
        DecodeLimits decodeLimits,
        Optional<String> clientDefaultDatabase) {
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
