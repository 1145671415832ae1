package io.tsdb.cluster.node.logging;

/// What a line of the log is.
public enum LogFormat {
    /// For people: time, level, where, message.
    TEXT,
    /// For programs: an object.
    JSON
}
