package io.tsdb.cluster.raft;

import java.net.ProtocolException;

/// What became of an entry that a majority has on disk, when the log came to it. Its number is
/// permanent.
public enum AppendOutcome {
    DELIVERED(0),

    /// It was delivered before, or given up.
    REPEATED(1),

    /// One before it is missing: it does not count, and comes again behind that one.
    EARLY(2);

    private final int number;

    AppendOutcome(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// @throws ProtocolException when no outcome has that number
    public static AppendOutcome of(int number) throws ProtocolException {
        for (AppendOutcome outcome : values()) {
            if (outcome.number == number) {
                return outcome;
            }
        }
        throw new ProtocolException("no outcome of an append has the number " + number);
    }
}
