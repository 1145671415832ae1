package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Three nodes with certificates of one authority: they work, and nobody else gets a word in.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ClusterTlsIT {
    @TempDir Path directory;

    private void run(String... arguments) throws Exception {
        try (TsdbProcess process = TsdbProcess.run(directory, arguments)) {
            assertThat(process.awaitEnd()).as(process.errors()).isZero();
        }
    }

    private void authority(Path at, String node) throws Exception {
        run("cluster", "ca", "init", "--dir=" + at);
        run("cluster", "ca", "issue", "--dir=" + at, "--name=" + node, "--host=127.0.0.1");
    }

    private static String[] files(Path trusted, Path own, String node) {
        return new String[] {
            "--cluster-ca=" + trusted.resolve("ca.crt"),
            "--cluster-cert=" + own.resolve(node + ".crt"),
            "--cluster-key=" + own.resolve(node + ".key")
        };
    }

    /// What a port answers to some bytes in plain text; the connection must end.
    private static byte[] answer(int port, byte[] bytes) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(bytes);
            try (InputStream in = socket.getInputStream()) {
                return in.readAllBytes();
            } catch (java.net.SocketException _) {
                return new byte[0]; // reset
            }
        }
    }

    @Test
    void nodesWithCertificatesFormAClusterAndStrangersAreRefused() throws Exception {
        Path authority = directory.resolve("ca");
        authority(authority, "node");
        try (var cluster = new ClusterProcesses(directory, files(authority, authority, "node"))) {
            cluster.launchAll();
            write(cluster.url(0));
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(count(cluster.url(node))).as("node %d", node).contains("\n1");
            }
            int data = cluster.dataPort(0);
            int raft = cluster.raftPort(0);
            // plain text: no frame of the data port, no answer of gRPC comes back
            byte[] hello = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(new String(answer(data, hello), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
            cluster.process(0).awaitError("speaks plain text");
            assertThat(new String(answer(raft, hello), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
            strangerIsRefused(cluster, new String[0], "want a certificate (cluster-ca");
            Path foreign = directory.resolve("foreign");
            authority(foreign, "spy");
            strangerIsRefused(cluster, files(foreign, foreign, "spy"), "of another authority");
            // and the cluster goes on
            write(cluster.url(1));
        }
    }

    /// A node that would take the place of the third one: it gets no further than the others'
    /// refusal, which it says.
    private void strangerIsRefused(ClusterProcesses cluster, String[] files, String why)
            throws Exception {
        try (TsdbProcess stranger =
                cluster.stranger(directory.resolve("stranger-" + files.length), files)) {
            stranger.awaitError("does not take this node");
            assertThat(cluster.process(0).errors() + stranger.errors()).contains(why);
            assertThat(stranger.output()).doesNotContain("ready ");
        }
    }

    private void write(URI node) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(node.resolve("/write?db=c"))
                                    .POST(HttpRequest.BodyPublishers.ofString("m v=1i 1"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
        }
    }

    private String count(URI node) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String path = "/api/v1/sql?db=c&format=csv&q=SELECT+count(v)+FROM+m";
            return client.send(
                            HttpRequest.newBuilder(node.resolve(path)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /// Between machines nodes talk in plain text only when they are told to.
    @Test
    void refusesToTalkInPlainTextToOtherMachines() throws Exception {
        List<String> arguments =
                List.of(
                        "start",
                        "--data=" + directory.resolve("d"),
                        "--cluster",
                        "--cluster-seeds=192.0.2.1:9301",
                        "--cluster-listen=192.0.2.1:9301",
                        "--cluster-raft=192.0.2.1:9302");
        try (TsdbProcess node = TsdbProcess.run(directory, arguments.toArray(String[]::new))) {
            assertThat(node.awaitEnd()).isEqualTo(2);
            assertThat(node.errors())
                    .contains("to other machines without certificates")
                    .contains("tsdb cluster ca init");
        }
    }
}
