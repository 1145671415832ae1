package io.tsdb.loadgen.load;

import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.Protocol;

import java.time.Duration;

/// How to send.
///
/// @param path path and query of a write; unused over TCP
/// @param inFlight batches under way on one connection
/// @param retryFor how long a batch is tried again after overload or a broken connection before it
///   is given up
/// @param timeout longest silence of a server
/// @param duration longest run; zero for none
/// @param warmUp in which batches are sent as always, and their latencies told apart: both sides
///   compile then
public record LoadConfig(
        Endpoint endpoint,
        Protocol protocol,
        String path,
        String token,
        boolean gzip,
        int inFlight,
        Duration retryFor,
        Duration timeout,
        Duration duration,
        Duration warmUp) {
    public LoadConfig {
        if (inFlight < 1 || inFlight > 1024) {
            throw new IllegalArgumentException("in flight must be 1 to 1024, is " + inFlight);
        }
        if (gzip && protocol == Protocol.TCP) {
            throw new IllegalArgumentException("line protocol over TCP knows no gzip");
        }
    }
}
