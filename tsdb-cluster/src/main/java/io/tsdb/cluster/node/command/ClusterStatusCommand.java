package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.concurrent.Callable;

/// `tsdb cluster status`: the level of the cluster, members and shards as a node sees them.
@Command(
        name = "status",
        description = "Level, members and shards, as the node that is asked sees them.",
        mixinStandardHelpOptions = true)
public final class ClusterStatusCommand implements Callable<Integer> {
    @Mixin private NodeAddress node = new NodeAddress();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        printLevel(out);
        print(node, out, "members", "shards");
        return 0;
    }

    private void printLevel(PrintWriter out) {
        try (var client = node.client()) {
            JsonNode cluster = client.get("/api/v1/cluster");
            if (!cluster.has("level")) {
                return; // no cluster, or a node from before there were levels
            }
            var behind = new ArrayList<String>();
            cluster.path("behind").forEach(member -> behind.add(member.asString()));
            out.printf(
                    "level %d%s%n%n",
                    cluster.path("level").asInt(),
                    behind.isEmpty()
                            ? ""
                            : "; a newer one waits for another version at "
                                    + String.join(", ", behind));
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }

    /// Prints tables of a node, one below the other.
    static void print(NodeAddress node, PrintWriter out, String... tables) {
        try (var client = node.client()) {
            for (int i = 0; i < tables.length; i++) {
                String table = TextTable.rows(client.table("/api/v1/cluster/" + tables[i]));
                out.print((i == 0 ? "" : "\n") + table);
            }
            out.flush();
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }
}
