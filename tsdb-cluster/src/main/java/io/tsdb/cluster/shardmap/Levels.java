package io.tsdb.cluster.shardmap;

/// The levels of a cluster that a program speaks, from the oldest to the newest. A level is one
/// number for all that nodes write for one another: frames of the data port, entries of the logs
/// and documents of the catalog, plans and functions; `docs/format/levels.md` says what came with
/// which. Whoever speaks a level reads all that is written at it.
///
/// @param oldest from 1
/// @param newest included
public record Levels(int oldest, int newest) {
    /// Those of this program; a new one has a row in `docs/format/levels.md`.
    public static final Levels CURRENT = new Levels(1, 2);

    /// From this one on nodes ask each other over the data port how far logs are committed.
    public static final int COMMITTED = 2;

    /// Of a program that does not say: it is from before there were levels.
    public static final Levels UNSAID = new Levels(1, 1);

    /// A byte each in a greeting.
    private static final int MAX = 255;

    public Levels {
        if (oldest < 1 || newest < oldest || newest > MAX) {
            throw new IllegalArgumentException("levels " + oldest + " to " + newest);
        }
    }

    public boolean has(int level) {
        return oldest <= level && level <= newest;
    }

    /// Why a program with these levels is not taken by a cluster that is at another one, in words
    /// that say what to do; for who runs the program.
    public String refusal(int level) {
        return level > newest
                ? ("this program is too old for its cluster, which is at level %d: it speaks levels"
                       + " %s; install the version that the other members run (tsdb cluster status"
                       + " says which)")
                        .formatted(level, this)
                : ("this program is too new for its cluster, which is at level %d: it speaks levels"
                                + " %s; bring all members to a version that speaks both, wait for"
                                + " level %d (tsdb cluster status), and come back")
                        .formatted(level, this, oldest);
    }

    @Override
    public String toString() {
        return oldest == newest ? Integer.toString(oldest) : oldest + "-" + newest;
    }
}
