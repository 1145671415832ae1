package io.tsdb.cluster.node.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `tsdb cluster`: what belongs to a cluster as a whole.
@Command(
        name = "cluster",
        description = "Members, shards and certificates of a cluster.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ClusterAdoptCommand.class,
            ClusterCaCommand.class,
            ClusterSetCommand.class,
            ClusterStatusCommand.class,
            ClusterEventsCommand.class,
            ClusterHandOverCommand.class,
            ClusterMemberCommands.Add.class,
            ClusterMemberCommands.Drain.class,
            ClusterMemberCommands.Remove.class,
            ClusterMemberCommands.Replace.class,
            ClusterMemberCommands.Rebalance.class
        })
public final class ClusterCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "adopt, ca, set, status, events, hand-over, add, drain, remove, replace or"
                        + " rebalance: which of them is missing");
    }
}
