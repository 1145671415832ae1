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

/// Creates, lists and revokes tokens of a data directory. A running node follows within a moment.
public final class TokenAdmin {
    private final TokenFile file;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public TokenAdmin(TokenFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /// @param lifetime empty: never expires
    /// @return the secret, which is nowhere else
    public TokenSecret create(String name, List<Scope> scopes, Optional<Duration> lifetime)
            throws IOException {
        TokenSecret secret = TokenSecret.create(random);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Token token =
                new Token(
                        secret.id(),
                        TokenSecret.hash(secret.text()),
                        name,
                        scopes,
                        now,
                        lifetime.map(now::plus));
        file.update(
                tokens -> {
                    var more = new ArrayList<>(tokens);
                    more.add(token);
                    return more;
                });
        return secret;
    }

    public List<Token> list() throws IOException {
        return file.read();
    }

    /// The file stays when its last token goes: authentication, once on, is not switched off by
    /// revoking.
    ///
    /// @return false when no token has this id
    public boolean revoke(String id) throws IOException {
        if (file.read().stream().noneMatch(token -> token.id().equals(id))) {
            return false;
        }
        file.update(tokens -> tokens.stream().filter(token -> !token.id().equals(id)).toList());
        return true;
    }
}
