package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/// `tsdb cluster status`: members and shards as a node sees them.
@Command(
        name = "status",
        description = "Members and shards, as the node that is asked sees them.",
        mixinStandardHelpOptions = true)
public final class ClusterStatusCommand implements Callable<Integer> {
    @Mixin private NodeAddress node = new NodeAddress();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        print(node, out, "members", "shards");
        return 0;
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
