package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;

/// `tsdb cluster hand-over`: before a node is stopped.
@Command(
        name = "hand-over",
        description = {
            "Have a node give up the lead of its shards, so that nobody waits for an election when"
                    + " it is stopped.",
            "A stop does so by itself. A node that stays gets back what it should lead after half a"
                    + " minute."
        },
        mixinStandardHelpOptions = true)
public final class ClusterHandOverCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Mixin private NodeAddress node = new NodeAddress();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (var client = node.client()) {
            SqlAnswer handedOver = client.act("/api/v1/cluster/hand-over", LONGEST);
            out.print(TextTable.rows(handedOver));
            out.flush();
            return 0;
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }
}
