package io.tsdb.cluster.node.server;

import io.tsdb.storage.net.HealthAnswers.Health;
import io.tsdb.storage.shard.Store;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What `/health` and `/ready` say of a node. Any thread.
///
/// A member of a cluster that cannot have writes acknowledged is not ready: others may be. A node
/// alone that takes no writes stays ready: nobody else has its rows to read.
final class NodeHealth implements Supplier<Health> {
    private final Store store;
    private final @Nullable ClusterNode member;

    /// @param member null for a node alone
    NodeHealth(Store store, @Nullable ClusterNode member) {
        this.store = store;
        this.member = member;
    }

    @Override
    public Health get() {
        if (member != null) {
            if (!member.isMember()) {
                return new Health(false, false, "this node was removed from its cluster: stop it");
            }
            Optional<String> lack = member.writesLack();
            if (lack.isPresent()) {
                return new Health(false, true, lack.get());
            }
        }
        Optional<String> failed = store.log().trouble();
        if (store.diskLow()) {
            String why = failed.map(what -> "; " + what).orElse("");
            return new Health(
                    true, failed.isEmpty(), "the disk is nearly full: writes are refused" + why);
        }
        if (failed.isPresent()) {
            return new Health(member == null, false, failed.get() + "; reads work");
        }
        List<String> damages = store.damages();
        if (!damages.isEmpty()) {
            return new Health(true, true, text(damages));
        }
        return store.trouble()
                .map(what -> new Health(true, true, "impaired: " + what))
                .orElse(Health.OK);
    }

    /// The rest is served; a query that asks for what is damaged is told so.
    private static String text(List<String> damages) {
        String more = damages.size() == 1 ? "" : ", and " + (damages.size() - 1) + " more";
        return "damaged: " + damages.getFirst() + more + " (tsdb check says all)";
    }
}
