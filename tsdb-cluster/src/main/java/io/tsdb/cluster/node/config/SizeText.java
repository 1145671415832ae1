package io.tsdb.cluster.node.config;

import java.util.Locale;

/// Sizes as people write them: `512MiB`, `2GiB`, `1048576`.
public final class SizeText {
    private static final String UNITS = "KMGT";

    private SizeText() {}

    /// @return bytes
    /// @throws IllegalArgumentException when it is no size, or does not fit
    public static long parse(String text) {
        String number = text.strip();
        int shift = 0;
        if (number.endsWith("iB")) {
            int unit = UNITS.indexOf(number.charAt(Math.max(0, number.length() - 3)));
            if (unit < 0) {
                throw notASize(text);
            }
            shift = 10 * (unit + 1);
            number = number.substring(0, number.length() - 3).strip();
        }
        try {
            long value = Long.parseLong(number);
            if (value >= 0 && value <= Long.MAX_VALUE >> shift) {
                return value << shift;
            }
        } catch (NumberFormatException _) {
            throw notASize(text);
        }
        throw notASize(text);
    }

    /// Three digits and a unit: `1.25 MiB`.
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = Math.min(UNITS.length(), (63 - Long.numberOfLeadingZeros(bytes)) / 10);
        double value = bytes / (double) (1L << (10 * unit));
        String digits = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, digits + " %ciB", value, UNITS.charAt(unit - 1));
    }

    private static IllegalArgumentException notASize(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no size: a number with KiB, MiB, GiB or TiB, or bytes");
    }
}
