package io.tsdb.cluster.security;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/// Where tokens are kept: the file of a node alone ([TokenFile]), or the catalog of a cluster
/// ([ClusterTokens]). Any thread.
public interface Tokens {
    /// Whether there ever was a token.
    boolean exists();

    /// Tokens in order of creation.
    List<Token> read() throws IOException;

    /// Replaces them, as a whole and for good, by what is made of them; that may be asked more than
    /// once, since somebody else was faster.
    ///
    /// @return what they are now
    List<Token> update(UnaryOperator<List<Token>> change) throws IOException;
}
