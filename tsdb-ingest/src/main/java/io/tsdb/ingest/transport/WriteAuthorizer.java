package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpHeaders;

import java.util.List;
import java.util.Map;

/// Decides whether a write request may go to a database. Called on the event loop: must not block.
@FunctionalInterface
public interface WriteAuthorizer {
    /// Lets everybody write.
    WriteAuthorizer ALLOW_ALL = (_, _, _) -> Decision.ALLOWED;

    /// @param headers of the request, for `Authorization`
    /// @param query parameters of the request, for `u` and `p`
    /// @param database that the request names
    Decision authorize(HttpHeaders headers, Map<String, List<String>> query, String database);

    /// Whether the sender is anybody at all; whoever is not is answered 401, whatever else is wrong
    /// with the request.
    default boolean knows(HttpHeaders headers, Map<String, List<String>> query) {
        return authorize(headers, query, "") != Decision.UNAUTHENTICATED;
    }

    /// A name for whoever sends a request, the same however they present themselves; what one
    /// sender holds is a share. Empty while everybody is let in.
    default String sender(HttpHeaders headers, Map<String, List<String>> query) {
        return "";
    }

    /// What a request may do.
    enum Decision {
        /// Go on.
        ALLOWED,
        /// No credentials, or unknown ones: 401.
        UNAUTHENTICATED,
        /// Known, but not for this database or not for writing: 403.
        FORBIDDEN
    }
}
