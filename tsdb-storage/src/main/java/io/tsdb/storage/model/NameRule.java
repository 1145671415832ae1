package io.tsdb.storage.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Which names there can be: the one rule for every way in (line protocol, SQL, InfluxQL, the
/// parameters of requests, settings), and for the store itself, before it logs a new one.
///
/// Every name is 1 to [#bytesMax()] bytes of UTF-8 without control characters (below space, and
/// delete). The limits are far below what the formats carry (65,535 bytes in a series key and in
/// the log), and no file system sees a name. What was stored under another rule stays readable.
public enum NameRule {
    /// Also no slash or backslash (`database/retention-policy` is one parameter of v2 clients), no
    /// dot at the start, and not `*`, which means all of them; nor U+FFFD, by which decoders of
    /// requests replace bytes that are no UTF-8: two such names would be one.
    DATABASE("database", 255),
    MEASUREMENT("measurement", 1_024),
    TAG_KEY("tag key", 1_024),
    FIELD("field", 1_024);

    private static final int DELETE = 0x7F;
    private static final char REPLACEMENT = '\uFFFD';

    private final String noun;
    private final int bytesMax;

    NameRule(String noun, int bytesMax) {
        this.noun = noun;
        this.bytesMax = bytesMax;
    }

    /// Longest name, in bytes of UTF-8.
    public int bytesMax() {
        return bytesMax;
    }

    /// Why there can be no such name; empty when there can.
    public Optional<String> violation(String name) {
        if (name.isEmpty()) {
            return Optional.of("a " + noun + " name cannot be empty");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            return Optional.of("a " + noun + " name must be text: half a character is in it");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            return Optional.of(tooLong(bytes));
        }
        if (name.chars().anyMatch(c -> c < ' ' || c == DELETE)) {
            return Optional.of("a " + noun + " name cannot hold control characters");
        }
        if (this == DATABASE && isReserved(name)) {
            return Optional.of(
                    "a database name cannot hold a slash or backslash, start with a dot, or be"
                            + " '*'");
        }
        if (this == DATABASE && name.indexOf(REPLACEMENT) >= 0) {
            return Optional.of(
                    "a database name must be UTF-8: U+FFFD is in it, which stands for bytes that"
                            + " are not");
        }
        return Optional.empty();
    }

    /// What is wrong with a name of so many bytes, which are more than [#bytesMax()].
    public String tooLong(int bytes) {
        return "a " + noun + " name has at most " + bytesMax + " bytes, this one has " + bytes;
    }

    private static boolean isReserved(String name) {
        return name.indexOf('/') >= 0
                || name.indexOf('\\') >= 0
                || name.charAt(0) == '.'
                || name.equals("*");
    }
}
