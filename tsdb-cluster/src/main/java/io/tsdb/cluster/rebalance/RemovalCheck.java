package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Whether a cluster has let go of this node while it was away: nobody tells it the log that says
/// so any more. One member may not have heard yet that this node is one, so a majority has to say
/// that it is none. Asks all of them, and waits for their answers.
public final class RemovalCheck implements BooleanSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalCheck.class);

    private final String self;
    private final Supplier<Members> members;
    private final Sources sources;

    /// @param self id of this node
    /// @param members as far as this node has heard, with itself
    public RemovalCheck(String self, Supplier<Members> members, Sources sources) {
        this.self = self;
        this.members = members;
        this.sources = sources;
    }

    @Override
    public boolean getAsBoolean() {
        Members known = members.get();
        long others =
                known.members().stream()
                        .filter(one -> !one.id().equals(self))
                        .filter(this::isDenied)
                        .count();
        return 2 * others > known.members().size();
    }

    /// Whether a member says that this node is none. One that is only just starting, or is of an
    /// older version, says nothing.
    private boolean isDenied(Member other) {
        try (ControlConnection asked = sources.open(other)) {
            return !ControlBytes.isMember(asked.ask(ControlBytes.isMember(self)));
        } catch (IOException e) {
            LOG.debug("member {} does not say whether this node is one", other.id(), e);
            return false;
        }
    }
}
