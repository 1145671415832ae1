package io.tsdb.cluster.node.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `tsdb version`: one line.
@Command(
        name = "version",
        description = "Print the version of tsdb, and of the Java that runs it.",
        mixinStandardHelpOptions = true)
public final class VersionCommand implements Runnable, IVersionProvider {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(getVersion()[0]);
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "tsdb %s (Java %s, %s %s)"
                    .formatted(
                            Version.current(),
                            Runtime.version(),
                            System.getProperty("os.name"),
                            System.getProperty("os.arch"))
        };
    }
}
