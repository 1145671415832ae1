package io.tsdb.cluster.rpc;

import java.io.IOException;

/// A node and its cluster do not speak the same: it makes no sense to try again before another
/// program runs. The message says what to do.
public final class LevelException extends IOException {
    private static final long serialVersionUID = 1L;

    public LevelException(String message) {
        super(message);
    }
}
