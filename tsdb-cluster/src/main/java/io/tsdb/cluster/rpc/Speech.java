package io.tsdb.cluster.rpc;

import io.tsdb.cluster.shardmap.Levels;

/// What a node says of levels in a greeting, where programs of all levels read it: in the number of
/// the frame's request, which a greeting has no other use for. Programs from before there were
/// levels pass over it, and say 0.
///
/// @param levels that its program speaks
/// @param level of its cluster; means nothing when it is in none
record Speech(Levels levels, int level) {
    private static final int BITS = 8;
    private static final int MASK = 0xFF;

    /// Of a program from before there were levels.
    private static final Speech UNSAID = new Speech(Levels.UNSAID, Levels.UNSAID.newest());

    /// Of this program, as long as it is not known what its cluster is at.
    static final Speech CURRENT = new Speech(Levels.CURRENT, Levels.CURRENT.oldest());

    long toRequest() {
        return levels.oldest() | (long) levels.newest() << BITS | (long) level << 2 * BITS;
    }

    /// @throws IllegalArgumentException when the number says nothing of levels
    static Speech of(long request) {
        return request == 0
                ? UNSAID
                : new Speech(
                        new Levels((int) request & MASK, (int) (request >> BITS) & MASK),
                        (int) (request >> 2 * BITS) & MASK);
    }
}
