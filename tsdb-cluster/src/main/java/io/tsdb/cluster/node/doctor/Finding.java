package io.tsdb.cluster.node.doctor;

/// One thing that was looked at.
///
/// @param text what was found, with numbers, and what to do where that is needed
public record Finding(Verdict verdict, String subject, String text) {
    /// How it is.
    public enum Verdict {
        GOOD,
        /// A node runs, but slower or with less room than it could.
        WARNING,
        /// A node does not start, or loses its footing under load.
        BAD,
        /// It could not be told.
        UNKNOWN
    }

    static Finding good(String subject, String text) {
        return new Finding(Verdict.GOOD, subject, text);
    }

    static Finding warning(String subject, String text) {
        return new Finding(Verdict.WARNING, subject, text);
    }

    static Finding bad(String subject, String text) {
        return new Finding(Verdict.BAD, subject, text);
    }

    static Finding unknown(String subject, String text) {
        return new Finding(Verdict.UNKNOWN, subject, text);
    }
}
