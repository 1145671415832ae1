package io.tsdb.loadgen.command;

import io.tsdb.loadgen.load.LoadConfig;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.workload.Precision;

import picocli.CommandLine.Option;

import java.time.Duration;

/// The options that say where and how lines go.
public final class TargetOptions {
    @Option(
            names = {"-u", "--url"},
            defaultValue = "http://127.0.0.1:8086",
            description =
                    "server, http://HOST:PORT; with --protocol tcp HOST:PORT of the line port"
                            + " (default: ${DEFAULT-VALUE})")
    String url = "http://127.0.0.1:8086";

    @Option(
            names = {"-p", "--protocol"},
            defaultValue = "v1",
            description = "v1, v2, v3 (HTTP) or tcp (default: ${DEFAULT-VALUE})")
    Protocol protocol = Protocol.V1;

    @Option(
            names = {"-d", "--db"},
            defaultValue = "bench",
            description = "database (default: ${DEFAULT-VALUE})")
    String database = "bench";

    @Option(names = "--token", defaultValue = "", description = "sent as Authorization: Token ...")
    String token = "";

    @Option(
            names = {"-c", "--connections"},
            defaultValue = "4",
            description =
                    "connections, each with its own part of the devices (default:"
                            + " ${DEFAULT-VALUE})")
    int connections = 4;

    @Option(
            names = "--in-flight",
            defaultValue = "1",
            description = "batches under way per connection (default: ${DEFAULT-VALUE})")
    int inFlight = 1;

    @Option(names = "--gzip", description = "compress bodies")
    boolean gzip;

    @Option(
            names = "--retry-for",
            defaultValue = "30s",
            converter = DurationText.class,
            description =
                    "how long a batch is tried again before it is given up (default:"
                            + " ${DEFAULT-VALUE})")
    Duration retryFor = Duration.ofSeconds(30);

    @Option(
            names = "--timeout",
            defaultValue = "30s",
            converter = DurationText.class,
            description = "longest silence of the server (default: ${DEFAULT-VALUE})")
    Duration timeout = Duration.ofSeconds(30);

    /// @param duration longest run; zero for none
    /// @param warmUp whose latencies are told apart; zero for none
    LoadConfig config(Precision precision, Duration duration, Duration warmUp) {
        String path = protocol == Protocol.TCP ? "" : protocol.path(database, precision);
        return new LoadConfig(
                Endpoint.parse(url),
                protocol,
                path,
                token,
                gzip,
                inFlight,
                retryFor,
                timeout,
                duration,
                warmUp);
    }
}
