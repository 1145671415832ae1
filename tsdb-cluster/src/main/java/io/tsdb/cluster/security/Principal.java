package io.tsdb.cluster.security;

import java.util.List;

/// Whoever sends a request, as far as we know them.
///
/// @param name for logs: the token's id, or why there is none
/// @param scopes what they may do
public record Principal(String name, List<Scope> scopes) {
    /// Everybody, while authentication is off.
    public static final Principal EVERYBODY =
            new Principal("everybody", List.of(new Scope(Permission.ADMIN, Scope.ALL_DATABASES)));

    public Principal {
        scopes = List.copyOf(scopes);
    }

    /// @param database a name, or [Scope#ALL_DATABASES] for what concerns the node as a whole
    public boolean may(Permission permission, String database) {
        for (Scope scope : scopes) {
            if (scope.grants(permission, database)) {
                return true;
            }
        }
        return false;
    }
}
