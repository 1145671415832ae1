package io.tsdb.cluster.shardmap;

import java.util.Locale;
import java.util.Optional;

/// A replica of a shard on its way to another member. At each step one member acts, and says in the
/// catalog that it is done; whoever acts may die and do the step again.
///
/// @param from who is to keep it no more; empty when the shard gets one replica more
/// @param to who is to keep it
public record Move(int shard, Optional<String> from, String to, Step step) {
    /// What is being done. Its word is permanent: it stands in the catalog.
    public enum Step {
        /// The new member copies the shard from one that has it, and begins a replica.
        COPY,

        /// The shard's leader takes it into the group: it catches up by the log, then votes.
        ADD,

        /// It counts. The old member sends what it has on its way, and gives the lead away.
        LEAVE,

        /// The shard's leader takes the old member out of the group.
        REMOVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException when no step has that word
        public static Step of(String word) {
            for (Step step : values()) {
                if (step.word().equals(word)) {
                    return step;
                }
            }
            throw new IllegalArgumentException("no step of a move is called '" + word + "'");
        }
    }

    public Move {
        if (from.isPresent() && from.get().equals(to)) {
            throw new IllegalArgumentException("shard " + shard + " cannot move within " + to);
        }
    }

    /// One that begins.
    public Move(int shard, Optional<String> from, String to) {
        this(shard, from, to, Step.COPY);
    }

    Move at(Step next) {
        return new Move(shard, from, to, next);
    }

    /// Whether both are of one replica, at whatever step.
    boolean isSame(Move other) {
        return shard == other.shard && from.equals(other.from) && to.equals(other.to);
    }

    @Override
    public String toString() {
        return "shard %d from %s to %s (%s)"
                .formatted(shard, from.orElse("nobody"), to, step.word());
    }
}
