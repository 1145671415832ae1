package io.tsdb.storage.net;

/// The events by which a handler asks that no more of its request's body is read, or on again: it
/// has enough to do. They are fired at the pipeline.
public enum BodyFlow {
    HOLD,
    READ_ON
}
