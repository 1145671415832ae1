package io.tsdb.cluster.node.command;

import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.shard.BackupRestore;
import io.tsdb.storage.shard.BackupSummary;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `tsdb restore`: makes a data directory of a backup.
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description =
                "Make a data directory of a backup. Every file is checked by its SHA-256; one"
                        + " that differs is named, and nothing is restored.")
public final class RestoreCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "BACKUP", description = "directory that tsdb backup made")
    private Path backup = Path.of("");

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "data directory to make; must not exist, or be empty")
    private Path data = Path.of("");

    @Override
    public Integer call() {
        try {
            BackupSummary restored = BackupRestore.restore(new LocalFileStore(), backup, data);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%d files, %d bytes, each as it was backed up: tsdb start --data %s%n",
                            restored.fileCount(), restored.totalBytes(), data);
            ActLeft.leave(spec, data, "restore " + backup.toAbsolutePath().normalize());
            ActLeft.warnOfOwner(spec, data);
            return 0;
        } catch (IOException | CorruptDataException e) {
            throw new CommandFailure("nothing was restored: " + FileFailure.text(e));
        }
    }
}
