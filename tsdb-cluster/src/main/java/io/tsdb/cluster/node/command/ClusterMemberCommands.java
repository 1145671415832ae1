package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.rebalance.Membership;
import io.tsdb.storage.model.JsonText;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;

/// `tsdb cluster add`, `drain`, `remove`, `replace` and `rebalance`: each says to a node what is to
/// become of a member. The cluster does it while it goes on; `tsdb cluster status` shows how far it
/// is.
final class ClusterMemberCommands {
    private static final String PATH = "/api/v1/cluster/members";

    private ClusterMemberCommands() {}

    private static JsonNode post(NodeAddress node, String object) {
        try (var client = node.client()) {
            return client.post(PATH, object);
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }

    /// What they have in common.
    abstract static class OfMember implements Runnable {
        @Mixin private NodeAddress node = new NodeAddress();

        @Parameters(paramLabel = "MEMBER", description = "first column of: tsdb cluster status")
        private String member = "";

        @Spec private CommandSpec spec;

        abstract Membership.Wish wish();

        @Override
        public void run() {
            post(
                    node,
                    "{\"member\":%s,\"wish\":\"%s\"}"
                            .formatted(JsonText.quoted(member), wish().word()));
            PrintWriter out = spec.commandLine().getOut();
            out.println(wish().word() + " " + member + ": begun, see tsdb cluster status");
            out.flush();
        }
    }

    /// `tsdb cluster add`.
    @Command(
            name = "add",
            description = {
                "Have a member keep shards again that was drained.",
                "A new node adds itself: start it with --cluster, and --cluster-seeds of a member."
            },
            mixinStandardHelpOptions = true)
    static final class Add extends OfMember {
        @Override
        Membership.Wish wish() {
            return Membership.Wish.ADD;
        }
    }

    /// `tsdb cluster drain`.
    @Command(
            name = "drain",
            description = "Have others keep the shards of a member; it stays one.",
            mixinStandardHelpOptions = true)
    static final class Drain extends OfMember {
        @Override
        Membership.Wish wish() {
            return Membership.Wish.DRAIN;
        }
    }

    /// `tsdb cluster remove`.
    @Command(
            name = "remove",
            description = "Have others keep the shards of a member, which is one no more then.",
            mixinStandardHelpOptions = true)
    static final class Remove extends OfMember {
        @Override
        Membership.Wish wish() {
            return Membership.Wish.REMOVE;
        }
    }

    /// `tsdb cluster replace`.
    @Command(
            name = "replace",
            description =
                    "Give up a member that is away and will not come back: others keep its shards"
                            + " at once.",
            mixinStandardHelpOptions = true)
    static final class Replace extends OfMember {
        @Override
        Membership.Wish wish() {
            return Membership.Wish.REPLACE;
        }
    }

    /// `tsdb cluster rebalance`.
    @Command(
            name = "rebalance",
            description = "Even out shards now; it happens by itself after cluster-balance-after.",
            mixinStandardHelpOptions = true)
    static final class Rebalance implements Runnable {
        @Mixin private NodeAddress node = new NodeAddress();
        @Spec private CommandSpec spec;

        @Override
        public void run() {
            JsonNode answer = post(node, "{\"wish\":\"rebalance\"}");
            PrintWriter out = spec.commandLine().getOut();
            out.println(answer.path("moves").asInt(0) + " moves begin");
            out.flush();
        }
    }
}
