package io.tsdb.loadgen;

import io.tsdb.loadgen.command.CompareCommand;
import io.tsdb.loadgen.command.LoadCommand;
import io.tsdb.loadgen.command.PrepareCommand;
import io.tsdb.loadgen.command.QueryCommand;
import io.tsdb.loadgen.command.ReplayCommand;
import io.tsdb.loadgen.command.VerifyCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.List;
import java.util.Objects;

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
                .setParameterExceptionHandler(Main::wrongUse)
                .setExecutionExceptionHandler(
                        (problem, line, _) -> {
                            line.getErr()
                                    .println(line.getCommandName() + ": " + problem.getMessage());
                            return problem instanceof IllegalArgumentException ? 2 : 1;
                        });
    }

    /// One line: what is wrong, and where the options are listed.
    private static int wrongUse(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName(" ");
        String what =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched)
                        : Objects.requireNonNullElse(e.getMessage(), "wrong use").split("\\R")[0];
        line.getErr().println(name + ": " + what + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String argument = e.getUnmatched().getFirst();
        List<String> close = e.getSuggestions();
        return (argument.startsWith("-") ? "unknown option '" : "unexpected '")
                + argument
                + "'"
                + (close.isEmpty() ? "" : "; did you mean " + close.getFirst() + "?");
    }
}
