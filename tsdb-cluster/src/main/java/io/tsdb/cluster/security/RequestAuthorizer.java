package io.tsdb.cluster.security;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tsdb.ingest.transport.LineTcpAuthorizer;
import io.tsdb.ingest.transport.WriteAuthorizer;
import io.tsdb.query.http.QueryAuthorizer;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Answers the endpoints' questions who may do what, from the tokens that requests present. Any
/// thread; does not block.
public final class RequestAuthorizer {
    private static final String PASSWORD_PARAMETER = "p";

    private final Authenticator authenticator;
    private final LongAdder refusals = new LongAdder();

    /// What a request may do.
    public enum Decision {
        ALLOWED,
        /// No token, or none that is good: 401.
        UNAUTHENTICATED,
        /// A good token that may not do this: 403.
        FORBIDDEN
    }

    public RequestAuthorizer(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /// @param query parameters of the request, decoded
    /// @param database a name, or [Scope#ALL_DATABASES] for what concerns the node as a whole
    public Decision authorize(
            HttpHeaders headers,
            Map<String, List<String>> query,
            Permission permission,
            String database) {
        List<String> passwords = query.getOrDefault(PASSWORD_PARAMETER, List.of());
        Optional<String> token =
                passwords.size() > 1
                        ? Optional.empty()
                        : Credentials.tokenIn(
                                headers.getAll(HttpHeaderNames.AUTHORIZATION),
                                passwords.stream().findFirst());
        return decide(token, permission, database);
    }

    private Decision decide(Optional<String> token, Permission permission, String database) {
        Optional<Principal> principal = authenticator.authenticate(token);
        if (principal.isPresent() && principal.get().may(permission, database)) {
            return Decision.ALLOWED;
        }
        refusals.increment();
        return principal.isPresent() ? Decision.FORBIDDEN : Decision.UNAUTHENTICATED;
    }

    /// Requests refused since start.
    public long refusalCount() {
        return refusals.sum();
    }

    public WriteAuthorizer forWrites() {
        return (headers, query, database) ->
                switch (authorize(headers, query, Permission.WRITE, named(database))) {
                    case ALLOWED -> WriteAuthorizer.Decision.ALLOWED;
                    case UNAUTHENTICATED -> WriteAuthorizer.Decision.UNAUTHENTICATED;
                    case FORBIDDEN -> WriteAuthorizer.Decision.FORBIDDEN;
                };
    }

    public QueryAuthorizer forQueries() {
        return (headers, query, database, administrative) -> {
            Permission asked = administrative ? Permission.ADMIN : Permission.READ;
            return switch (authorize(headers, query, asked, named(database))) {
                case ALLOWED -> QueryAuthorizer.Decision.ALLOWED;
                case UNAUTHENTICATED -> QueryAuthorizer.Decision.UNAUTHENTICATED;
                case FORBIDDEN -> QueryAuthorizer.Decision.FORBIDDEN;
            };
        };
    }

    public LineTcpAuthorizer forLineTcp() {
        return new LineTcpAuthorizer() {
            @Override
            public boolean needsToken(InetSocketAddress peer) {
                return authenticator.isOn();
            }

            @Override
            public boolean allows(InetSocketAddress peer, String token, String database) {
                return decide(Optional.of(token), Permission.WRITE, named(database))
                        == Decision.ALLOWED;
            }
        };
    }

    /// A request that names no database, or names one like the word for all, concerns them all.
    private static String named(String database) {
        return database.isEmpty() ? Scope.ALL_DATABASES : database;
    }
}
