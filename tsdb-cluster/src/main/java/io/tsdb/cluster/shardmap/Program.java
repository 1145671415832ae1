package io.tsdb.cluster.shardmap;

/// What a member runs.
///
/// @param version such as `0.1.0`; for people
public record Program(String version, Levels levels) {
    private static final int CHARS_MAX = 64;

    /// Of a member that has not said: it is from before there were levels.
    public static final Program UNSAID = new Program("", Levels.UNSAID);

    public Program {
        if (version.length() > CHARS_MAX || version.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'" + version + "' is no version of a program");
        }
    }
}
