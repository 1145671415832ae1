package io.tsdb.query.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tsdb.query.exec.QueryCaller;

import java.util.List;
import java.util.Map;

/// Decides whether a request may query a database. Any thread, event loops too: must not block.
@FunctionalInterface
public interface QueryAuthorizer {
    /// Lets everybody query and administrate.
    QueryAuthorizer ALLOW_ALL = (_, _, _, _) -> Decision.ALLOWED;

    /// @param headers of the request, for `Authorization`
    /// @param query parameters of the request, for `u` and `p`
    /// @param database that the statement touches; empty when it touches all
    /// @param right that the statement needs
    Decision authorize(
            HttpHeaders headers, Map<String, List<String>> query, String database, Right right);

    /// Whether the sender is anybody at all: asked of the head of a request, before its body is
    /// held. Whoever is refused here is answered 401.
    default boolean knows(HttpHeaders headers, Map<String, List<String>> query) {
        return authorize(headers, query, "", Right.READ) != Decision.UNAUTHENTICATED;
    }

    /// Who sends a request that was let in, for what a node says of its running queries.
    default QueryCaller caller(HttpHeaders headers, Map<String, List<String>> query) {
        return QueryCaller.EVERYBODY;
    }

    /// What a statement does.
    enum Right {
        READ,
        /// Writes rows, or deletes them as a client of InfluxDB may who writes them.
        WRITE,
        /// Changes what databases and measurements there are, or deletes rows by SQL.
        ADMINISTRATE
    }

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
