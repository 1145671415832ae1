package io.tsdb.cluster.node.command;

import io.tsdb.cluster.identity.CertificateAuthority;
import io.tsdb.cluster.node.config.DurationText;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.SystemClock;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/// `tsdb cluster ca`: the certificate authority of a cluster.
@Command(
        name = "ca",
        description = {
            "Make the certificate authority of a cluster, and certificates for its nodes.",
            "Who has a certificate of it is a node: keep the directory away from the nodes, which"
                    + " need ca.crt, and each its own NAME.crt and NAME.key."
        },
        mixinStandardHelpOptions = true,
        subcommands = {ClusterCaCommand.Init.class, ClusterCaCommand.Issue.class})
final class ClusterCaCommand implements Runnable {
    /// A name becomes that of files.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "init or issue: which of them is missing");
    }

    private static Duration duration(CommandSpec spec, String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException there ->
                    there.getFile() + " is there already, and is not written over";
            case NoSuchFileException missing ->
                    missing.getFile()
                            + " is missing; make an authority with 'tsdb cluster ca init'";
            default -> FileFailure.text(e);
        };
    }

    /// `tsdb cluster ca init`.
    @Command(
            name = "init",
            description = "Make the authority: ca.crt and ca.key.",
            mixinStandardHelpOptions = true)
    static final class Init implements Runnable {
        @Option(
                names = "--dir",
                paramLabel = "DIR",
                required = true,
                description = "directory of the authority; made when missing")
        private Path directory;

        @Option(
                names = "--valid",
                paramLabel = "DURATION",
                defaultValue = "3650d",
                description = "how long it is believed (default: ${DEFAULT-VALUE})")
        private String valid;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            Instant now = SystemClock.wall().instant();
            try {
                CertificateAuthority.create(directory, now, duration(spec, valid));
            } catch (IOException e) {
                throw new CommandFailure(reason(e));
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(directory.resolve(CertificateAuthority.CERTIFICATE_FILE));
            out.flush();
        }
    }

    /// `tsdb cluster ca issue`.
    @Command(
            name = "issue",
            description = "Issue a certificate to a node: NAME.crt and NAME.key.",
            mixinStandardHelpOptions = true)
    static final class Issue implements Runnable {
        @Option(
                names = "--dir",
                paramLabel = "DIR",
                required = true,
                description = "directory of the authority")
        private Path directory;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                required = true,
                description = "name of the node: letters, digits, '.', '_' and '-'")
        private String name;

        @Option(
                names = "--host",
                paramLabel = "HOST",
                required = true,
                split = ",",
                description =
                        "names and numbers by which other nodes reach it, as in cluster-listen and"
                                + " cluster-raft; more than one: repeat it or use commas")
        private List<String> hosts;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                description = "where the two files go (default: the authority's directory)")
        private @Nullable Path target;

        @Option(
                names = "--valid",
                paramLabel = "DURATION",
                defaultValue = "730d",
                description = "how long it is good for (default: ${DEFAULT-VALUE})")
        private String valid;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            if (!NAME.matcher(name).matches()) {
                throw new ParameterException(
                        spec.commandLine(), "'" + name + "' is no name of a node");
            }
            Path out = target == null ? directory : target;
            Duration validity = duration(spec, valid);
            try {
                CertificateAuthority.open(directory)
                        .issue(out, name, hosts, SystemClock.wall().instant(), validity);
            } catch (IOException e) {
                throw new CommandFailure(reason(e));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            PrintWriter writer = spec.commandLine().getOut();
            writer.println(out.resolve(name + ".crt"));
            writer.println(out.resolve(name + ".key"));
            writer.flush();
        }
    }
}
