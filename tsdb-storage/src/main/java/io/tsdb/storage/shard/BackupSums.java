package io.tsdb.storage.shard;

import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// The list of a backup's files with their SHA-256, in the form that `sha256sum -c` reads: `<hex>
/// <path>`, one a line, paths relative to the backup. Written last: without it a directory is no
/// backup.
final class BackupSums {
    static final String FILE = "SHA256SUMS";
    private static final int STEP_BYTES = 1 << 20;

    private BackupSums() {}

    static void write(FileStore io, Path backup, Map<String, String> sums) throws IOException {
        var text = new StringBuilder();
        new TreeMap<>(sums).forEach((path, sum) -> text.append(sum + "  " + path + "\n"));
        io.replace(backup.resolve(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// @return sums by path
    /// @throws CorruptDataException when a line is none of such a list
    static Map<String, String> read(FileStore io, Path backup) throws IOException {
        Path file = backup.resolve(FILE);
        if (!io.exists(file)) {
            throw new IOException(backup + " is no complete backup: it has no " + FILE);
        }
        var sums = new TreeMap<String, String>();
        var text = new String(io.readAll(file), StandardCharsets.UTF_8);
        long offset = 0;
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                boolean whole = line.length() > 66 && line.startsWith("  ", 64);
                String path = whole ? line.substring(66) : "";
                if (!whole || !isInside(path)) {
                    throw new CorruptDataException(file.toString(), offset, "is no line of sums");
                }
                sums.put(path, line.substring(0, 64));
            }
            offset += line.length() + 1;
        }
        return sums;
    }

    private static boolean isInside(String path) {
        Path parsed = Path.of(path);
        return !parsed.isAbsolute() && parsed.normalize().equals(parsed) && !path.startsWith("..");
    }

    /// SHA-256 of a file's content.
    static String sum(FileStore io, Path file) throws IOException {
        return read(io, file, (_, _) -> {});
    }

    /// Copies a file, durably.
    ///
    /// @return SHA-256 of what was copied
    static String copy(FileStore io, Path from, Path to) throws IOException {
        try (DataFile target = io.create(to)) {
            String sum = read(io, from, target::write);
            target.sync();
            return sum;
        }
    }

    /// Takes the content of a file, step by step.
    private interface Target {
        void write(ByteBuffer content, long position) throws IOException;
    }

    private static String read(FileStore io, Path file, Target target) throws IOException {
        MessageDigest digest = digest();
        try (DataFile source = io.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(STEP_BYTES);
            long at = 0;
            int count = source.read(buffer, at);
            while (count > 0) {
                buffer.flip();
                digest.update(buffer.duplicate());
                target.write(buffer, at);
                at += count;
                buffer.clear();
                count = source.read(buffer, at);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("BUG: every Java has SHA-256", e);
        }
    }
}
