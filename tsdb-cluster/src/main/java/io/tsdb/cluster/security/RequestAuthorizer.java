package io.tsdb.cluster.security;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tsdb.ingest.transport.LineTcpAuthorizer;
import io.tsdb.ingest.transport.WriteAuthorizer;
import io.tsdb.query.exec.QueryCaller;
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
        return decide(tokenIn(headers, query), permission, database);
    }

    /// Whether a request comes from anybody who is known, asked of its head alone.
    private boolean knows(HttpHeaders headers, Map<String, List<String>> query) {
        boolean known = authenticator.authenticate(tokenIn(headers, query)).isPresent();
        if (!known) {
            refusals.increment();
        }
        return known;
    }

    private static Optional<String> tokenIn(HttpHeaders headers, Map<String, List<String>> query) {
        List<String> passwords = query.getOrDefault(PASSWORD_PARAMETER, List.of());
        return passwords.size() > 1
                ? Optional.empty()
                : Credentials.tokenIn(
                        headers.getAll(HttpHeaderNames.AUTHORIZATION),
                        passwords.stream().findFirst());
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
        return new WriteAuthorizer() {
            @Override
            public Decision authorize(
                    HttpHeaders headers, Map<String, List<String>> query, String database) {
                var decision =
                        RequestAuthorizer.this.authorize(
                                headers, query, Permission.WRITE, named(database));
                return switch (decision) {
                    case ALLOWED -> Decision.ALLOWED;
                    case UNAUTHENTICATED -> Decision.UNAUTHENTICATED;
                    case FORBIDDEN -> Decision.FORBIDDEN;
                };
            }

            @Override
            public boolean knows(HttpHeaders headers, Map<String, List<String>> query) {
                return RequestAuthorizer.this.knows(headers, query);
            }

            @Override
            public String sender(HttpHeaders headers, Map<String, List<String>> query) {
                return authenticator
                        .authenticate(tokenIn(headers, query))
                        .map(Principal::name)
                        .orElse("");
            }
        };
    }

    public QueryAuthorizer forQueries() {
        return new QueryAuthorizer() {
            @Override
            public Decision authorize(
                    HttpHeaders headers,
                    Map<String, List<String>> query,
                    String database,
                    Right right) {
                Permission asked =
                        switch (right) {
                            case READ -> Permission.READ;
                            case WRITE -> Permission.WRITE;
                            case ADMINISTRATE -> Permission.ADMIN;
                        };
                var decision =
                        RequestAuthorizer.this.authorize(headers, query, asked, named(database));
                return switch (decision) {
                    case ALLOWED -> Decision.ALLOWED;
                    case UNAUTHENTICATED -> Decision.UNAUTHENTICATED;
                    case FORBIDDEN -> Decision.FORBIDDEN;
                };
            }

            @Override
            public boolean knows(HttpHeaders headers, Map<String, List<String>> query) {
                return RequestAuthorizer.this.knows(headers, query);
            }

            @Override
            public QueryCaller caller(HttpHeaders headers, Map<String, List<String>> query) {
                return authenticator
                        .authenticate(tokenIn(headers, query))
                        .map(p -> new QueryCaller(p.name(), d -> p.may(Permission.ADMIN, d)))
                        .orElseGet(() -> new QueryCaller("", _ -> false));
            }
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
