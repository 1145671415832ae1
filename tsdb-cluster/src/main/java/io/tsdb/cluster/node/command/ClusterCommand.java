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
            ClusterCaCommand.class,
            ClusterStatusCommand.class,
            ClusterEventsCommand.class,
            ClusterHandOverCommand.class
        })
public final class ClusterCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "ca, status, events or hand-over: which of them is missing");
    }
}
