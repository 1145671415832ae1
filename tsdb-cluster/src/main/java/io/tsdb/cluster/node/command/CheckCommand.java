package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.cluster.security.TokenFile;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.shard.CheckReport;
import io.tsdb.storage.shard.StoreCheck;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `tsdb check`: reads a data directory, or a backup, to the last byte.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Read everything in a data directory that no node has open, or in a backup, and name"
                    + " every damage.",
            "With --cluster: have all nodes of a running cluster read and compare their parts, and"
                    + " mend what is damaged from another replica.",
            "Exit status: 0 all is whole, 1 something is damaged."
        })
public final class CheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAddress node = new NodeAddress();

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "data directory, or a backup")
    private @Nullable Path directory;

    @Option(
            names = "--cluster",
            description = "ask the node at --url, and through it all others; no DIR")
    private boolean cluster;

    @Option(
            names = "--repair",
            description =
                    "mend what can be mended: indexes and manifests are made anew from the parts; a"
                            + " part that cannot be read is moved aside, with the rows that it had")
    private boolean repair;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Path read = directory;
        if (cluster) {
            if (read != null || repair) {
                throw new ParameterException(
                        spec.commandLine(), "--cluster goes with no DIR and mends by itself");
            }
            return new ClusterChecking(node, out).run() ? 0 : 1;
        }
        if (read == null) {
            throw new ParameterException(spec.commandLine(), "DIR or --cluster is missing");
        }
        return check(read, out);
    }

    private int check(Path read, PrintWriter out) {
        try {
            var io = new LocalFileStore();
            boolean isReplica = io.exists(read.resolve(MemberFile.NAME));
            CheckReport report = StoreCheck.run(io, read, repair, isReplica);
            for (CheckReport.Finding finding : report.findings()) {
                out.println(word(finding.fate()) + "  " + finding.text());
            }
            if (repair) {
                ActLeft.leave(
                        spec, read, "repair", new LogField("findings", report.findings().size()));
                ActLeft.warnOfOwner(spec, read);
            }
            boolean isWhole = report.isWhole() & tokensAreWhole(read, out);
            out.printf(
                    "%s: %d parts of %d bytes read, %d entries of the log not yet in parts%n",
                    isWhole ? "whole" : "damaged",
                    report.partCount(),
                    report.totalBytes(),
                    report.entryCount());
            return isWhole ? 0 : 1;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
    }

    private static boolean tokensAreWhole(Path read, PrintWriter out) throws IOException {
        try {
            var tokens = new TokenFile(read);
            tokens.requireNotLost();
            tokens.read();
            return true;
        } catch (CorruptDataException e) {
            out.println(
                    word(CheckReport.Fate.DAMAGED)
                            + "  "
                            + e.getMessage()
                            + "; put it back from a backup, or delete it and create tokens anew");
            return false;
        }
    }

    private static String word(CheckReport.Fate fate) {
        return switch (fate) {
            case DAMAGED -> "damaged ";
            case REPAIRED -> "repaired";
            case GIVEN_UP -> "given up";
            case NOTE -> "note    ";
        };
    }
}
