package io.tsdb.cluster.security;

import java.util.Locale;
import java.util.Optional;

/// What a scope grants on a database.
public enum Permission {
    READ,
    WRITE,
    /// Everything [#READ] and [#WRITE] grant, and to create and drop.
    ADMIN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Permission> of(String word) {
        for (Permission permission : values()) {
            if (permission.word().equals(word)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }

    boolean includes(Permission asked) {
        return this == ADMIN || this == asked;
    }
}
