package io.tsdb.cluster.node.command;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A measurement's name as the name of a folder: what may mean something to a file system is
/// written as in a URL.
final class FolderName {
    private FolderName() {}

    static String of(String name) {
        var folder = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '_'
                            || c == '-'
                            || c == '.' && !folder.isEmpty();
            folder.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", b));
        }
        return folder.toString();
    }
}
