package io.tsdb.ingest.protocol;

/// What a decoder accepts and keeps.
///
/// @param lineBytesMax longest line, without its end
/// @param tagsMax most tags in a line
/// @param fieldsMax most fields in a line
/// @param errorsMax refused lines that a result describes; the rest is only counted
/// @param cacheBytesMax memory that a connection's series cache may take per database
public record DecodeLimits(
        int lineBytesMax, int tagsMax, int fieldsMax, int errorsMax, int cacheBytesMax) {
    public static final DecodeLimits DEFAULT = new DecodeLimits(1 << 20, 256, 4096, 100, 64 << 20);

    public DecodeLimits {
        requirePositive("lineBytesMax", lineBytesMax);
        requirePositive("tagsMax", tagsMax);
        requirePositive("fieldsMax", fieldsMax);
        requirePositive("errorsMax", errorsMax);
        requirePositive("cacheBytesMax", cacheBytesMax);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, is " + value);
        }
    }
}
