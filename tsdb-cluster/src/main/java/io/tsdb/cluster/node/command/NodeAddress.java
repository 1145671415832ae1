package io.tsdb.cluster.node.command;

import io.tsdb.cluster.identity.TrustedAuthorities;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.storage.io.FileFailure;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Options of the commands that talk to a running node.
final class NodeAddress {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

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
            names = "--ca",
            paramLabel = "FILE",
            defaultValue = "${env:TSDB_CA:-}",
            description =
                    "certificates (PEM) of the authorities to believe with https, instead of those"
                            + " that Java has (also TSDB_CA)")
    private String authorities = "";

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

    /// @throws CommandFailure when there are no authorities in the file that was named
    HttpClient http() {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
        if (!authorities.isEmpty()) {
            try {
                builder.sslContext(TrustedAuthorities.context(Path.of(authorities)));
            } catch (IOException e) {
                throw new CommandFailure("--ca: " + FileFailure.text(e));
            }
        }
        return builder.build();
    }

    SqlClient client() {
        return new SqlClient(url(), token(), http());
    }

    String database() {
        return database;
    }
}
