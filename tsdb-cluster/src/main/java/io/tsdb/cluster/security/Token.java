package io.tsdb.cluster.security;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A token as it is stored: everything but the secret itself.
///
/// @param id short public name, eight hex digits, part of the secret's text
/// @param hash SHA-256 of the secret's text; not to be changed by the caller
/// @param name what the administrator calls it; no tabs or line ends
/// @param expires from when on it is refused; empty: never
public record Token(
        String id,
        byte[] hash,
        String name,
        List<Scope> scopes,
        Instant created,
        Optional<Instant> expires) {

    public Token {
        scopes = List.copyOf(scopes);
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a token needs at least one scope");
        }
        if (name.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            throw new IllegalArgumentException("a token's name has no control characters");
        }
        if (hash.length != TokenSecret.HASH_BYTES) {
            throw new IllegalArgumentException("hash of " + hash.length + " bytes, not 32");
        }
    }

    public boolean isExpired(Instant now) {
        return expires.isPresent() && !now.isBefore(expires.get());
    }

    /// Compares in a time that does not depend on where the first difference is.
    boolean hasHash(byte[] presented) {
        return MessageDigest.isEqual(hash, presented);
    }
}
