package io.tsdb.storage.scan;

/// Which rows of a decoded column have a value.
public enum Presence {
    /// No row has a value; the target is undefined.
    NONE,
    /// Every row has a value; the presence bits are undefined.
    ALL,
    /// The presence bits say which; entries of absent rows are undefined.
    SOME
}
