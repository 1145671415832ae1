package io.tsdb.cluster.node.logging;

import io.tsdb.storage.io.DirectoryOwner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Acts of commands that work on a data directory and not through its node, for the node's audit:
/// they are left in a file, and the node that runs on the directory, or the next one that does,
/// takes them into its log. Bytes: `docs/format/commands.md`.
public final class CommandAudit implements AutoCloseable {
    public static final String NAME = "commands";

    private static final Logger LOG = LoggerFactory.getLogger(CommandAudit.class);
    private static final long LOOK_MILLIS = 1_000;

    /// What no node takes does not grow without end.
    private static final long BYTES_MAX = 1 << 20;

    private static final int COLUMNS = 3;

    private final Path file;
    private final ScheduledExecutorService looks =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().name("command-audit").daemon().unstarted(work));

    private CommandAudit(Path data) {
        this.file = data.resolve(NAME);
    }

    /// Leaves an act that is done, under the name of this process's user.
    ///
    /// @param what the act, without secrets
    /// @throws IOException when nobody will hear of it
    public static void leave(Path data, Instant now, String what, LogField... more)
            throws IOException {
        var line = new StringBuilder();
        line.append(now.truncatedTo(ChronoUnit.MILLIS)).append('\t');
        line.append(text(System.getProperty("user.name", ""))).append('\t').append(text(what));
        for (LogField field : more) {
            line.append('\t').append(field.name()).append('=');
            line.append(text(String.valueOf(field.value())));
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line.append('\n').toString());
        try (FileChannel out =
                        FileChannel.open(
                                data.resolve(NAME),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock _ = out.lock()) {
            DirectoryOwner.give(data.resolve(NAME));
            if (out.size() > BYTES_MAX) {
                throw new IOException(
                        data.resolve(NAME) + " is full: no node has taken what is in it");
            }
            out.position(out.size());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private static String text(String value) {
        return value.replaceAll("\\p{Cntrl}", " ");
    }

    /// Takes what was left, and what commands leave from now on.
    public static CommandAudit follow(Path data) {
        var audit = new CommandAudit(data);
        audit.look();
        audit.looks.scheduleWithFixedDelay(
                audit::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return audit;
    }

    private void look() {
        try {
            if (Files.exists(file) && Files.size(file) > 0) {
                take();
            }
        } catch (IOException | RuntimeException e) { // it is looked at again
            LOG.error("{}: acts of commands are not in the audit: {}", file, e.toString());
        }
    }

    private void take() throws IOException {
        try (FileChannel in =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock _ = in.lock()) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(in.size(), 2 * BYTES_MAX));
            while (bytes.hasRemaining() && in.read(bytes) >= 0) {
                // to the end
            }
            StandardCharsets.UTF_8.decode(bytes.flip()).toString().lines().forEach(this::say);
            in.truncate(0);
        }
    }

    private void say(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length < COLUMNS) {
            LOG.warn("{}: a line that was torn: '{}'", file, line);
            return;
        }
        LogField[] more =
                Arrays.stream(columns)
                        .skip(COLUMNS)
                        .map(column -> column.split("=", 2))
                        .filter(parts -> parts.length == 2)
                        .map(parts -> new LogField(parts[0], parts[1]))
                        .toArray(LogField[]::new);
        LogField[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = new LogField("at", columns[0]);
        AuditLog.say(columns[1], AuditLog.COMMAND_LINE, columns[2], "done", all);
    }

    @Override
    public void close() {
        looks.shutdownNow();
        look(); // what came last is not left to the next start
    }
}
