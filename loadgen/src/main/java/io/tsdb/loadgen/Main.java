package io.tsdb.loadgen;

import io.tsdb.loadgen.command.CompareCommand;
import io.tsdb.loadgen.command.LoadCommand;
import io.tsdb.loadgen.command.PrepareCommand;
import io.tsdb.loadgen.command.QueryCommand;
import io.tsdb.loadgen.command.ReplayCommand;
import io.tsdb.loadgen.command.VerifyCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point: `load`, `replay`, `prepare`, `verify`, `query`, `compare`.
@Command(
        name = "loadgen",
        description =
                "Makes load for a time-series database, proves what was kept, and compares"
                        + " servers.",
        mixinStandardHelpOptions = true,
        version = "0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LoadCommand.class,
            ReplayCommand.class,
            PrepareCommand.class,
            QueryCommand.class,
            VerifyCommand.class,
            CompareCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// Runs one command.
    ///
    /// @return exit status: 0 held, 1 did not hold, 2 wrong use
    public static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    /// The commands, ready to execute; the caller may set where their output goes.
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(
                        (problem, line, _) -> {
                            line.getErr()
                                    .println(line.getCommandName() + ": " + problem.getMessage());
                            return problem instanceof IllegalArgumentException ? 2 : 1;
                        });
    }
}
