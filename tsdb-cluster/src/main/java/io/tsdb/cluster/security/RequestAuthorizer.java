package io.tsdb.cluster.security;

import io.tsdb.storage.net.Access;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Answers the endpoints' questions who may do what, from the tokens that requests present. Any
/// thread; does not block.
public final class RequestAuthorizer implements Access {
    private final Authenticator authenticator;
    private final LongAdder refusals = new LongAdder();

    public RequestAuthorizer(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public Decision decide(Optional<String> token, Right right, String database) {
        Optional<Principal> principal = authenticator.authenticate(token);
        if (principal.isPresent() && may(principal.get(), right, database)) {
            return Decision.ALLOWED;
        }
        refusals.increment();
        return principal.isPresent() ? Decision.FORBIDDEN : Decision.UNAUTHENTICATED;
    }

    @Override
    public boolean needsToken() {
        return authenticator.isOn();
    }

    @Override
    public boolean knows(Optional<String> token) {
        boolean known = authenticator.authenticate(token).isPresent();
        if (!known) {
            refusals.increment();
        }
        return known;
    }

    @Override
    public Optional<Sender> sender(Optional<String> token) {
        return authenticator.authenticate(token).map(KnownSender::new);
    }

    /// Requests refused since start.
    public long refusalCount() {
        return refusals.sum();
    }

    private record KnownSender(Principal principal) implements Sender {
        @Override
        public String name() {
            return principal.name();
        }

        @Override
        public boolean may(Right right, String database) {
            return RequestAuthorizer.may(principal, right, database);
        }
    }

    private static boolean may(Principal principal, Right right, String database) {
        Permission asked =
                switch (right) {
                    case READ -> Permission.READ;
                    case WRITE -> Permission.WRITE;
                    case ADMINISTRATE -> Permission.ADMIN;
                };
        return principal.may(asked, named(database));
    }

    /// A request that names no database, or names one like the word for all, concerns them all.
    private static String named(String database) {
        return database.isEmpty() ? Scope.ALL_DATABASES : database;
    }
}
