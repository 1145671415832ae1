package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.SqlText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/// `tsdb backup`: has a running node copy everything to a directory of its machine.
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = {
            "Back up a running node to a new directory on the node's machine, while it is written"
                    + " to.",
            "On the same disk as the data, parts take no room. tsdb restore makes a data directory"
                    + " of it."
        })
public final class BackupCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAddress node = new NodeAddress();

    @Parameters(paramLabel = "DIR", description = "directory to make; must not exist")
    private Path target = Path.of("");

    @Option(
            names = "--since",
            paramLabel = "DIR",
            description = "an older backup: parts that it has are taken from there")
    private @Nullable Path since;

    @Override
    public Integer call() throws InterruptedException {
        String sql =
                "BACKUP TO " + quoted(target) + (since == null ? "" : " SINCE " + quoted(since));
        try (var client = node.client()) {
            SqlAnswer answer = client.queryLong(node.database(), sql);
            List<String> row = answer.rows().getFirst();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s files, %s bytes, %s parts of the older backup: %s%n",
                            row.get(0), row.get(1), row.get(2), target);
            return 0;
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        }
    }

    private static String quoted(Path path) {
        return SqlText.literal(path.toAbsolutePath().normalize().toString());
    }
}
