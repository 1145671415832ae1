package io.tsdb.storage.net;

/// The event that asks a connection to begin nothing new and to end when what is in flight is done.
public enum StopServing {
    STOP_SERVING
}
