package io.tsdb.query.http;

import io.netty.handler.codec.http.HttpHeaders;

import java.util.List;
import java.util.Map;

/// Decides whether a request may query a database. Called on the event loop: must not block.
@FunctionalInterface
public interface QueryAuthorizer {
    /// Lets everybody query and administrate.
    QueryAuthorizer ALLOW_ALL = (_, _, _, _) -> Decision.ALLOWED;

    /// @param headers of the request, for `Authorization`
    /// @param query parameters of the request, for `u` and `p`
    /// @param database that the statement touches; empty when it touches all
    /// @param administrative the statement may change what databases there are
    Decision authorize(
            HttpHeaders headers,
            Map<String, List<String>> query,
            String database,
            boolean administrative);

    /// What a request may do.
    enum Decision {
        /// Go on.
        ALLOWED,
        /// No credentials, or unknown ones: 401.
        UNAUTHENTICATED,
        /// Known, but not for this: 403.
        FORBIDDEN
    }
}
