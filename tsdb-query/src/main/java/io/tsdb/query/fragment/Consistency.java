package io.tsdb.query.fragment;

import java.util.Locale;
import java.util.Optional;

/// What an answer of a cluster holds at least. A node alone always answers [#STRONG].
public enum Consistency {
    /// Everything that any node had acknowledged before the statement came.
    STRONG,

    /// What the replica that is asked has come to: perhaps less than was acknowledged, also while
    /// no majority is there.
    EVENTUAL;

    /// As settings and requests name it: `strong`, `eventual`.
    public static Optional<Consistency> parse(String text) {
        for (Consistency one : values()) {
            if (one.toString().equals(text)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
