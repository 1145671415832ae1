package io.tsdb.cluster.security;

import io.tsdb.storage.io.DirectoryOwner;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/// The file `tokens` of a data directory: text, one token a line, `docs/format/tokens.md`.
///
/// Replaced as a whole (written aside, synced, renamed, directory synced), so a reader sees the old
/// or the new one. Writers in several processes take turns on `tokens.lock`, threads on this
/// object; that file also knows that there were tokens, so that their absence opens no door.
public final class TokenFile implements Tokens {
    /// Of the file, in the data directory.
    public static final String NAME = "tokens";

    private static final String LOCK = NAME + ".lock";
    private static final String MADE = "tokens were made\n";

    private static final String HEADER = "tsdb-tokens 1";
    private static final String NEVER = "-";
    private static final int COLUMN_COUNT = 6;

    private final Path path;

    public TokenFile(Path dataDirectory) {
        this.path = dataDirectory.resolve(NAME);
    }

    public Path path() {
        return path;
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    /// Whether the file is gone, and not never made.
    boolean isLost() {
        if (exists()) {
            return false;
        }
        try {
            return Files.size(path.resolveSibling(LOCK)) > 0;
        } catch (IOException _) {
            return false; // no such file
        }
    }

    /// @throws CorruptDataException when the file is gone, and not never made
    public void requireNotLost() {
        if (isLost()) {
            throw corrupt(
                    0,
                    "the file is missing, though "
                            + LOCK
                            + " says that there were tokens (delete that, too, to go on without"
                            + " any)");
        }
    }

    /// Tokens in order of creation; none when the file does not exist.
    ///
    /// @throws CorruptDataException when a line or the checksum is not as written
    @Override
    public List<Token> read() throws IOException {
        return exists() ? parse(text()) : List.of();
    }

    /// All of the file; nothing when it does not exist.
    String text() throws IOException {
        if (!exists()) {
            return "";
        }
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw FileFailure.of("cannot read", path, e);
        }
    }

    /// Reads, changes and replaces the file while no other process does.
    @Override
    public synchronized List<Token> update(UnaryOperator<List<Token>> change) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalStateException("BUG: " + path + " has no directory");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw FileFailure.of("cannot create directory", directory, e);
        }
        Path lockPath = directory.resolve(LOCK);
        try (FileChannel channel =
                        FileChannel.open(
                                lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            DirectoryOwner.give(lockPath);
            if (!lock.isValid()) {
                throw new IOException(lockPath + ": cannot be locked");
            }
            List<Token> tokens = change.apply(read());
            replaceNamed(directory, format(tokens));
            if (channel.size() == 0) {
                channel.write(StandardCharsets.UTF_8.encode(MADE));
                channel.force(true);
            }
            return tokens;
        } catch (IOException e) {
            throw FileFailure.of("cannot lock", lockPath, e); // what is named already stays so
        }
    }

    private void replaceNamed(Path directory, String text) throws IOException {
        try {
            replace(directory, text);
        } catch (IOException e) {
            throw FileFailure.of("cannot replace", path, e);
        }
    }

    private void replace(Path directory, String text) throws IOException {
        Path aside = directory.resolve(NAME + ".new");
        Files.deleteIfExists(aside);
        try (FileChannel out =
                FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            keepToOwner(aside);
            DirectoryOwner.give(aside); // before a node that runs can see it
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel in = FileChannel.open(directory, StandardOpenOption.READ)) {
            in.force(true);
        }
    }

    private static void keepToOwner(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    file,
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    /// What the file holds when it has these tokens.
    static String format(List<Token> tokens) {
        var text = new StringBuilder(HEADER).append('\n');
        for (Token token : tokens) {
            text.append(token.id()).append('\t');
            text.append(HexFormat.of().formatHex(token.hash())).append('\t');
            text.append(String.join(",", token.scopes().stream().map(Scope::toString).toList()));
            text.append('\t').append(token.created()).append('\t');
            text.append(token.expires().map(Instant::toString).orElse(NEVER)).append('\t');
            text.append(token.name()).append('\n');
        }
        return text.append(checksumLine(text.toString())).append('\n').toString();
    }

    private static String checksumLine(String body) {
        var crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return "crc32c " + String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    /// Tokens of a text that [#format] made.
    ///
    /// @throws CorruptDataException when a line or the checksum is not as written
    List<Token> parse(String text) {
        int tail = text.lastIndexOf('\n', text.length() - 2) + 1;
        if (tail <= 0 || !text.endsWith("\n")) {
            throw corrupt(0, "no checksum line at the end");
        }
        String stored = text.substring(tail, text.length() - 1);
        String computed = checksumLine(text.substring(0, tail));
        if (!stored.equals(computed)) {
            throw corrupt(tail, "ends with '" + stored + "', computed '" + computed + "'");
        }
        String[] lines = text.substring(0, tail).split("\n", -1);
        if (!lines[0].equals(HEADER)) {
            throw corrupt(0, "starts with '" + lines[0] + "', this version reads '" + HEADER + "'");
        }
        var tokens = new ArrayList<Token>();
        int offset = HEADER.length() + 1;
        for (String line : Arrays.asList(lines).subList(1, lines.length - 1)) {
            tokens.add(parseLine(line, offset));
            offset += line.length() + 1;
        }
        return tokens;
    }

    private Token parseLine(String line, int offset) {
        String[] columns = line.split("\t", COLUMN_COUNT);
        if (columns.length != COLUMN_COUNT) {
            throw corrupt(offset, "line has " + columns.length + " columns, not " + COLUMN_COUNT);
        }
        try {
            return new Token(
                    columns[0],
                    HexFormat.of().parseHex(columns[1]),
                    columns[5],
                    Arrays.stream(columns[2].split(",")).map(Scope::parse).toList(),
                    Instant.parse(columns[3]),
                    columns[4].equals(NEVER)
                            ? Optional.empty()
                            : Optional.of(Instant.parse(columns[4])));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw corrupt(offset, String.valueOf(e.getMessage()));
        }
    }

    private CorruptDataException corrupt(long offset, String what) {
        return new CorruptDataException(path.toString(), offset, what);
    }
}
