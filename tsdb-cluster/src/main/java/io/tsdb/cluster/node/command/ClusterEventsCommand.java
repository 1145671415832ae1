package io.tsdb.cluster.node.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `tsdb cluster events`: what happened, as a node saw it.
@Command(
        name = "events",
        description = "Elections, silent members, moves and repairs, as a node saw them.",
        mixinStandardHelpOptions = true)
public final class ClusterEventsCommand implements Callable<Integer> {
    @Mixin private NodeAddress node = new NodeAddress();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        ClusterStatusCommand.print(node, spec.commandLine().getOut(), "events");
        return 0;
    }
}
