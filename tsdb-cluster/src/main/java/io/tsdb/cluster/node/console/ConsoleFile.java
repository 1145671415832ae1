package io.tsdb.cluster.node.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// One file of the console, in memory.
///
/// @param bytes not to be changed
/// @param tag the same for the same bytes, for `ETag`
record ConsoleFile(byte[] bytes, String contentType, String tag) {
    private static final int TAG_BYTES = 12;

    /// A file that is made, not read.
    static ConsoleFile json(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new ConsoleFile(bytes, "application/json; charset=utf-8", tagOf(bytes));
    }

    /// Reads a file that the program brings along.
    static ConsoleFile load(String name) {
        try (InputStream in = ConsoleFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("BUG: the program lacks its file " + name);
            }
            byte[] bytes = in.readAllBytes();
            return new ConsoleFile(bytes, typeOf(name), tagOf(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the program's file " + name, e);
        }
    }

    private static String typeOf(String name) {
        return switch (name.substring(name.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            case ".txt" -> "text/plain; charset=utf-8";
            default -> throw new IllegalStateException("BUG: no content type for " + name);
        };
    }

    private static String tagOf(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, TAG_BYTES)) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("BUG: every JDK has SHA-256", e);
        }
    }
}
