package io.tsdb.loadgen.load;

import java.io.IOException;

/// Takes note of each acknowledged batch, before its lane goes on.
@FunctionalInterface
public interface Acknowledgements {
    Acknowledgements NONE = (_, _, _, _) -> {};

    /// @param ghost whether an earlier attempt of this batch got no answer
    void acknowledged(int lane, long batch, int lines, boolean ghost) throws IOException;
}
