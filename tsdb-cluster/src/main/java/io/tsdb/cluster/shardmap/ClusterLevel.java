package io.tsdb.cluster.shardmap;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/// The level that a cluster is at, and what its members run. It goes up when all of them speak a
/// newer one, and never down: what is written at a level is on disk, and stays.
///
/// @param level at which everything is written
/// @param programs by member; one that is missing has not said what it runs
public record ClusterLevel(int level, Map<String, Program> programs) {
    public ClusterLevel {
        programs = Map.copyOf(programs);
    }

    /// What a member runs, as far as it has said.
    public Program program(String member) {
        return programs.getOrDefault(member, Program.UNSAID);
    }

    /// A member runs another program now.
    ///
    /// @throws IllegalArgumentException when that program does not speak the cluster's level
    ClusterLevel running(String member, Program program) {
        if (!program.levels().has(level)) {
            throw new IllegalArgumentException(program.levels().refusal(level));
        }
        var next = new TreeMap<>(programs);
        next.put(member, program);
        return new ClusterLevel(level, next);
    }

    ClusterLevel without(String member) {
        var next = new TreeMap<>(programs);
        next.remove(member);
        return new ClusterLevel(level, next);
    }

    /// The newest level that all of these members speak.
    int newestOf(Collection<String> members) {
        return members.stream()
                .mapToInt(member -> program(member).levels().newest())
                .min()
                .orElse(level);
    }

    /// @param next above this one
    ClusterLevel at(int next) {
        if (next <= level) {
            throw new IllegalArgumentException("level " + level + " does not become " + next);
        }
        return new ClusterLevel(next, programs);
    }
}
