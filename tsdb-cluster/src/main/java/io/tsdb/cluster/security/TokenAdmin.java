package io.tsdb.cluster.security;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Creates, lists and revokes tokens. Nodes that run follow within a moment.
public final class TokenAdmin {
    private final Tokens tokens;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public TokenAdmin(Tokens tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /// @param lifetime empty: never expires
    /// @return the secret, which is nowhere else
    public TokenSecret create(String name, List<Scope> scopes, Optional<Duration> lifetime)
            throws IOException {
        TokenSecret secret = TokenSecret.create(random);
        Token token = token(secret, name, scopes, lifetime);
        tokens.update(
                known -> {
                    var more = new ArrayList<>(known);
                    more.add(token);
                    return more;
                });
        return secret;
    }

    /// Creates the first token, which may do everything.
    ///
    /// @return empty when there was one before, or another node was faster
    public Optional<TokenSecret> createFirst() throws IOException {
        if (tokens.exists()) {
            return Optional.empty();
        }
        TokenSecret secret = TokenSecret.create(random);
        Token token = token(secret, "first", List.of(Scope.parse("admin")), Optional.empty());
        List<Token> now = tokens.update(known -> known.isEmpty() ? List.of(token) : known);
        return now.stream().anyMatch(one -> one.id().equals(secret.id()))
                ? Optional.of(secret)
                : Optional.empty();
    }

    private Token token(
            TokenSecret secret, String name, List<Scope> scopes, Optional<Duration> lifetime) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new Token(
                secret.id(),
                TokenSecret.hash(secret.text()),
                name,
                scopes,
                now,
                lifetime.map(now::plus));
    }

    public List<Token> list() throws IOException {
        return tokens.read();
    }

    /// The file stays when its last token goes: authentication, once on, is not switched off by
    /// revoking.
    ///
    /// @return false when no token has this id
    public boolean revoke(String id) throws IOException {
        if (tokens.read().stream().noneMatch(token -> token.id().equals(id))) {
            return false;
        }
        tokens.update(known -> known.stream().filter(token -> !token.id().equals(id)).toList());
        return true;
    }
}
