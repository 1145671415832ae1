package io.tsdb.cluster.shardmap;

import java.util.Locale;

/// What a member is to its cluster. Its word is permanent: it stands in the catalog.
public enum MemberState {
    /// It has asked to be taken, and follows the catalog soon.
    JOINING,

    /// It keeps shards.
    ACTIVE,

    /// It is to keep none, and gives away those that it has.
    DRAINING,

    /// It is to keep none, and is a member no more once it has given them away.
    LEAVING,

    /// It was silent for so long that others keep its shards now. It may come back.
    GONE,

    /// Its data is lost, as when another member has come at its address: it will not come back.
    LOST;

    /// Whether it has a vote on the catalog in any case. Who is gone keeps it: whoever comes back
    /// and asks for votes that it has no more, is told by `raft` that its replica is to end.
    boolean isVoter() {
        return this == JOINING || this == ACTIVE || this == DRAINING || this == GONE;
    }

    /// Whether nothing can be asked of it.
    public boolean isAway() {
        return this == GONE || this == LOST;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException when no state has that word
    public static MemberState of(String word) {
        for (MemberState state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException("no state of a member is called '" + word + "'");
    }
}
