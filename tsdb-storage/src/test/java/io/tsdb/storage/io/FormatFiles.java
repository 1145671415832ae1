package io.tsdb.storage.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Format pages and golden files, for tests that hold code to them.
public final class FormatFiles {
    private static final Path PAGES = Path.of("docs", "format");
    private static final Path GOLDEN = Path.of("src", "test", "resources", "format");

    private FormatFiles() {}

    /// Bytes of the code block that a page marks with ```` ```hex NAME ````: hex digits, on each
    /// line up to a `;`.
    public static byte[] example(String page, String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGES.resolve(page))) {
            if (line.startsWith("```")) {
                inside = line.equals("```hex " + name);
            } else if (inside) {
                String digits = line.split(";", 2)[0].replace(" ", "");
                bytes.writeBytes(HexFormat.of().parseHex(digits));
            }
        }
        if (bytes.size() == 0) {
            throw new AssertionError(page + " has no example " + name);
        }
        return bytes.toByteArray();
    }

    /// A golden file. One that is missing is written from `actual` when the property
    /// `tsdb.golden.create` is set; one that exists is never changed.
    public static byte[] golden(String name, byte[] actual) throws IOException {
        Path file = GOLDEN.resolve(name);
        if (!Files.exists(file) && Boolean.getBoolean("tsdb.golden.create")) {
            Files.createDirectories(file.getParent());
            Files.write(file, actual);
        }
        return Files.readAllBytes(file);
    }

    /// Directory of golden files.
    public static Path golden(String name) {
        return GOLDEN.resolve(name);
    }
}
