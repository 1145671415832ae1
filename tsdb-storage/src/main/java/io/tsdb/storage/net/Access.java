package io.tsdb.storage.net;

import java.util.Optional;

/// Who may do what on a node, asked by every protocol: HTTP finds tokens in headers and parameters
/// ([HttpCredentials]), others in what a client says first. Any thread, event loops too: must not
/// block.
@FunctionalInterface
public interface Access {
    /// Everybody may do everything, and nobody is told apart.
    Access OPEN =
            new Access() {
                @Override
                public Decision decide(Optional<String> token, Right right, String database) {
                    return Decision.ALLOWED;
                }

                @Override
                public boolean needsToken() {
                    return false;
                }
            };

    /// @param token that is presented
    /// @param database that is touched; empty when it is all of them
    Decision decide(Optional<String> token, Right right, String database);

    /// Whether anybody is let in without a token: protocols that have a place for one only at the
    /// beginning wait for it.
    default boolean needsToken() {
        return true;
    }

    /// Whether the sender is anybody at all: asked of the head of a request, before its body is
    /// held. Whoever is not is answered 401, whatever else is wrong with the request.
    default boolean knows(Optional<String> token) {
        return decide(token, Right.READ, "") != Decision.UNAUTHENTICATED;
    }

    /// Who presents a token; empty when it is not known, and where nobody is told apart.
    default Optional<Sender> sender(Optional<String> token) {
        return Optional.empty();
    }

    /// Somebody who is known.
    interface Sender {
        /// The same however they present themselves; what one sender holds is a share.
        String name();

        /// Asked for what may be shown, so a no is no refusal.
        boolean may(Right right, String database);
    }

    /// What somebody wants to do with a database.
    enum Right {
        READ,
        /// Writes rows, or deletes them as a client of InfluxDB may who writes them.
        WRITE,
        /// Changes what databases and measurements there are, or deletes rows by SQL.
        ADMINISTRATE
    }

    /// What somebody may do.
    enum Decision {
        /// Go on.
        ALLOWED,
        /// No token, or none that is good: 401.
        UNAUTHENTICATED,
        /// A good token that may not do this: 403.
        FORBIDDEN
    }
}
