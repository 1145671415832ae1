package io.tsdb.cluster.node.command;

import picocli.CommandLine.Option;

import java.util.Optional;

/// Options of the commands that talk to a running node.
final class NodeAddress {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:TSDB_URL:-http://127.0.0.1:8086}",
            description = "the node (default: ${DEFAULT-VALUE}; also TSDB_URL)")
    private String url = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:TSDB_TOKEN:-}",
            description = "token to show to the node (also TSDB_TOKEN)")
    private String token = "";

    @Option(
            names = "--db",
            paramLabel = "NAME",
            defaultValue = "${env:TSDB_DB:-default}",
            description = "database (default: ${DEFAULT-VALUE}; also TSDB_DB)")
    private String database = "";

    /// Without a slash at the end.
    String url() {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    Optional<String> token() {
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    String database() {
        return database;
    }
}
