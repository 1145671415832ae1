package io.tsdb.cluster.node;

import io.tsdb.cluster.node.command.BackupCommand;
import io.tsdb.cluster.node.command.CheckCommand;
import io.tsdb.cluster.node.command.ClusterCommand;
import io.tsdb.cluster.node.command.CommandFailure;
import io.tsdb.cluster.node.command.DemoCommand;
import io.tsdb.cluster.node.command.DoctorCommand;
import io.tsdb.cluster.node.command.ExportCommand;
import io.tsdb.cluster.node.command.ImportCommand;
import io.tsdb.cluster.node.command.LoadCommand;
import io.tsdb.cluster.node.command.RestoreCommand;
import io.tsdb.cluster.node.command.SqlCommand;
import io.tsdb.cluster.node.command.StartCommand;
import io.tsdb.cluster.node.command.TokenCommand;
import io.tsdb.cluster.node.command.TrainCommand;
import io.tsdb.cluster.node.command.VersionCommand;
import io.tsdb.cluster.node.config.ConfigException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.List;
import java.util.Objects;

/// Entry point of `tsdb`.
///
/// Exit status: 0 done, 1 failed, 2 wrong use; the latter two with one line on standard error.
@Command(
        name = "tsdb",
        description = "Time-series database for IoT telemetry.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        subcommands = {
            DemoCommand.class,
            StartCommand.class,
            SqlCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            CheckCommand.class,
            DoctorCommand.class,
            ClusterCommand.class,
            TokenCommand.class,
            LoadCommand.class,
            TrainCommand.class,
            VersionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "tsdb COMMAND --help says more about a command."})
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /// Every subcommand, with what they share.
    static CommandLine commandLine() {
        var line = new CommandLine(new Main());
        StartCommand.addOptions(subcommand(line, "start").getCommandSpec());
        subcommand(line, "load").setUnmatchedOptionsArePositionalParams(true);
        line.setParameterExceptionHandler(Main::wrongUse);
        line.setExecutionExceptionHandler(Main::failed);
        return line;
    }

    private static CommandLine subcommand(CommandLine line, String name) {
        return Objects.requireNonNull(line.getSubcommands().get(name), name);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int wrongUse(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName(" ");
        String what =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched)
                        : firstLine(e);
        line.getErr().println(name + ": " + what + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String argument = e.getUnmatched().getFirst();
        String kind =
                argument.startsWith("-")
                        ? "option"
                        : e.getCommandLine().getSubcommands().isEmpty() ? "argument" : "command";
        List<String> close = e.getSuggestions();
        String hint = close.isEmpty() ? "" : "; did you mean " + close.getFirst() + "?";
        return "unknown " + kind + " '" + argument + "'" + hint;
    }

    private static int failed(Exception e, CommandLine line, ParseResult parsed) {
        String name = line.getCommandSpec().qualifiedName(" ");
        return switch (e) {
            case ConfigException wrong -> {
                line.getErr().println(name + ": " + wrong.getMessage());
                yield ExitCode.USAGE;
            }
            case CommandFailure failure -> {
                line.getErr().println(name + ": " + failure.getMessage());
                yield ExitCode.SOFTWARE;
            }
            default -> {
                // the stack first: what stands last is read first
                e.printStackTrace(line.getErr());
                line.getErr().println(name + ": failed inside: " + e + " (a fault of tsdb)");
                yield ExitCode.SOFTWARE;
            }
        };
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong use");
    }
}
