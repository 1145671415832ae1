package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.DurationText;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.cluster.security.Scope;
import io.tsdb.cluster.security.Token;
import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.security.TokenFile;
import io.tsdb.cluster.security.TokenSecret;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.shard.DirectoryLock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `tsdb token`: who may talk to the node of a data directory. Works on the directory, whether a
/// node runs on it or not; a running node follows.
@Command(
        name = "token",
        description = {
            "Create, list and revoke the tokens of a data directory.",
            "A running node follows within a moment. With the first token, requests need one."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            TokenCommand.Create.class,
            TokenCommand.Revoke.class,
            TokenCommand.Show.class
        })
public final class TokenCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "create, list or revoke: which of them is missing");
    }

    /// Which data directory.
    static final class DataOption {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                defaultValue = "${env:TSDB_DATA:-./data}",
                description = "data directory of the node (default: ${DEFAULT-VALUE})")
        private Path data;

        TokenAdmin admin() {
            if (Files.exists(data.resolve(MemberFile.NAME)) && !isRunning()) {
                throw new CommandFailure(
                        data
                                + " is of a member of a cluster that does not run: tokens of a"
                                + " cluster are changed at a node that runs");
            }
            return new TokenAdmin(new TokenFile(data), SystemClock.wall());
        }

        void audit(CommandSpec spec, String what, LogField... more) {
            ActLeft.leave(spec, data, what, more);
        }

        private boolean isRunning() {
            try {
                return DirectoryLock.isHeld(data);
            } catch (IOException e) {
                throw CommandFailure.of(e);
            }
        }

        /// For commands that change what must be there.
        TokenAdmin existingAdmin() {
            if (!Files.isDirectory(data)) {
                throw new CommandFailure("there is no data directory " + data);
            }
            return admin();
        }
    }

    /// `tsdb token create`: the only output on standard output is the token.
    @Command(
            name = "create",
            description = {
                "Create a token and print it. It is shown this once: only its hash is stored.",
                "Clients send it as 'Authorization: Token ...', 'Bearer ...', as the password of"
                        + " Basic, or as the parameter p."
            },
            mixinStandardHelpOptions = true)
    static final class Create implements Runnable {
        @Mixin private DataOption data;

        @Option(
                names = "--scope",
                required = true,
                split = ",",
                paramLabel = "PERMISSION[:DATABASE]",
                description =
                        "read, write or admin, on a database or on all; more than one: repeat it or"
                                + " use commas")
        private List<String> scopes;

        @Option(
                names = "--name",
                paramLabel = "TEXT",
                defaultValue = "",
                description = "for the list")
        private String name;

        @Option(
                names = "--expires",
                paramLabel = "DURATION",
                description = "how long it is good for, such as 90d (default: for ever)")
        private Optional<String> expires;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            List<Scope> parsed = new ArrayList<>();
            Optional<Duration> lifetime;
            try {
                scopes.forEach(scope -> parsed.add(Scope.parse(scope)));
                lifetime = expires.map(DurationText::parse);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            try {
                TokenSecret secret = data.admin().create(name, parsed, lifetime);
                spec.commandLine().getOut().println(secret.text());
                spec.commandLine()
                        .getErr()
                        .println(
                                "token "
                                        + secret.id()
                                        + " created: the line above is not stored, keep it");
                data.audit(spec, "create token " + secret.id(), new LogField("scopes", parsed));
            } catch (IOException | CorruptDataException e) {
                throw new CommandFailure("no token was created: " + FileFailure.text(e));
            }
        }
    }

    /// `tsdb token list`.
    @Command(
            name = "list",
            description =
                    "List the tokens: id, scopes, dates and name; the tokens themselves are not"
                            + " stored.",
            mixinStandardHelpOptions = true)
    static final class Show implements Runnable {
        @Mixin private DataOption data;
        @Spec private CommandSpec spec;

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                Instant now = SystemClock.wall().instant();
                out.printf(
                        "%-8s  %-20s  %-20s  %-24s  %s%n",
                        "id", "created", "expires", "scopes", "name");
                for (Token token : data.existingAdmin().list()) {
                    String expires =
                            token.expires()
                                    .map(at -> token.isExpired(now) ? "expired" : at.toString())
                                    .orElse("never");
                    String scopes =
                            String.join(",", token.scopes().stream().map(Scope::toString).toList());
                    out.printf(
                            "%-8s  %-20s  %-20s  %-24s  %s%n",
                            token.id(), token.created(), expires, scopes, token.name());
                }
            } catch (IOException | CorruptDataException e) {
                throw new CommandFailure("the tokens cannot be listed: " + FileFailure.text(e));
            }
        }
    }

    /// `tsdb token revoke`.
    @Command(
            name = "revoke",
            description = "Revoke a token by its id. A running node refuses it within a moment.",
            mixinStandardHelpOptions = true)
    static final class Revoke implements Runnable {
        @Mixin private DataOption data;

        @Parameters(paramLabel = "ID", description = "first column of: tsdb token list")
        private String id;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            boolean found;
            try {
                found = data.existingAdmin().revoke(id);
            } catch (IOException | CorruptDataException e) {
                throw new CommandFailure("no token was revoked: " + FileFailure.text(e));
            }
            if (!found) {
                throw new CommandFailure("there is no token with id " + id);
            }
            spec.commandLine().getOut().println("token " + id + " revoked");
            data.audit(spec, "revoke token " + id);
        }
    }
}
