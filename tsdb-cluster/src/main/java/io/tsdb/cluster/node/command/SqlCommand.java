package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.shell.SqlShell;
import io.tsdb.storage.model.SystemClock;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `tsdb sql`: the SQL shell.
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = {
            "Ask a running node in SQL: from a terminal, from -c, or from standard input.",
            "Exit status 1 when a statement fails."
        })
public final class SqlCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAddress node = new NodeAddress();

    @Option(
            names = {"-c", "--command"},
            paramLabel = "SQL",
            description = "run these statements and end")
    private @Nullable String statements;

    @Option(
            names = "--format",
            paramLabel = "table|csv",
            defaultValue = "table",
            description = "how answers look (default: ${DEFAULT-VALUE})")
    private String format = "table";

    @Option(names = "--no-header", description = "csv without a header line")
    private boolean noHeader;

    @Option(names = "--timing", description = "show how long each statement took")
    private boolean timing;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SqlShell shell;
        try {
            shell =
                    new SqlShell(
                            node.client(),
                            node.database(),
                            format,
                            timing,
                            !noHeader,
                            System.out,
                            System.err,
                            SystemClock.ticker());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        try (shell) {
            String script = statements;
            if (script == null && System.console() != null && System.console().isTerminal()) {
                shell.interact(Path.of(System.getProperty("user.home"), ".tsdb_history"));
                return ExitCode.OK;
            }
            if (script == null) {
                script = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            }
            return shell.script(script) ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }
}
