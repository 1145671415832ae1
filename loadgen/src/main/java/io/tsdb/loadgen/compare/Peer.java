package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.query.QueryDialect;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.workload.MeasurementSpec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A server that can be compared.
public interface Peer {
    String name();

    /// What an acknowledgement means with it.
    String durability();

    /// How it is asked.
    QueryDialect dialect();

    /// Looks for it; downloads it where that is its way.
    ///
    /// @param work directory for what is downloaded
    /// @return why it cannot be used; empty when it can
    Optional<String> missing(Path work) throws IOException, InterruptedException;

    /// Starts it on an empty directory and waits until it serves.
    Running start(Path data, Path log) throws IOException, InterruptedException;

    /// Brings what a stopped server left into the form in which it stays, where that takes more
    /// than a wait.
    ///
    /// @throws IOException when it does not come to rest
    default void settle(Path data, Path log) throws IOException, InterruptedException {}

    /// Path and query of a write with nanoseconds.
    String writePath();

    /// Number of points of a measurement that a query sees in the time of the data.
    long count(Endpoint endpoint, MeasurementSpec measurement, long startNanos, long endNanos)
            throws IOException, InterruptedException;

    /// A started server.
    record Running(ServerProcess process, Endpoint endpoint) {}
}
