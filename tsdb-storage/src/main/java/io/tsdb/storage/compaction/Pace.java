package io.tsdb.storage.compaction;

import java.io.IOException;

/// Told after each piece of work; slows the worker down, or ends it.
public interface Pace {
    /// @throws IOException when the work is to be given up
    void worked() throws IOException;
}
