package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Connections that stay open while the database they write to is dropped: what they know of its
/// series and of the types of its fields is void from then on.
class DroppedDatabaseIT {
    private static final String DATABASE = "default";

    @Test
    void aTcpStreamGoesOnWithOtherTypesAndSeries() throws Exception {
        try (ClientNode node = ClientNode.open();
                Socket socket = connect(node.lineTcp())) {
            OutputStream out = socket.getOutputStream();
            send(out, "m,t=a f=1i 1\nm,t=b f=2i 1\n");
            node.awaitRow(DATABASE, "SELECT count(*) FROM m", "2");
            node.rows(DATABASE, "DROP DATABASE " + DATABASE);
            send(out, "m,t=b f=\"text\" 1\nm,t=c f=\"more\" 2\n");
            node.awaitRow(DATABASE, "SELECT t, f FROM m ORDER BY t", "c more");
            assertThat(node.rows(DATABASE, "SELECT t, f FROM m ORDER BY t"))
                    .containsExactly("b text", "c more");
        }
    }

    @Test
    void aKeptHttpConnectionGoesOnWithOtherTypesAndSeries() throws Exception {
        try (ClientNode node = ClientNode.open();
                Socket socket = connect(node.hostAndPort())) {
            assertThat(write(socket, "m,t=a f=1i 1\nm,t=b f=2i 1\n")).contains("204");
            node.rows(DATABASE, "DROP DATABASE " + DATABASE);
            assertThat(write(socket, "m,t=b f=\"text\" 1\nm,t=c f=\"more\" 2\n")).contains("204");
            assertThat(node.rows(DATABASE, "SELECT t, f FROM m ORDER BY t"))
                    .containsExactly("b text", "c more");
        }
    }

    private static Socket connect(String hostAndPort) throws IOException {
        int colon = hostAndPort.lastIndexOf(':');
        return new Socket(
                hostAndPort.substring(0, colon),
                Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// @return the status line
    private static String write(Socket socket, String lines) throws IOException {
        send(
                socket.getOutputStream(),
                "POST /write?db="
                        + DATABASE
                        + " HTTP/1.1\r\nHost: node\r\nContent-Length: "
                        + lines.length()
                        + "\r\n\r\n"
                        + lines);
        var in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String status = in.readLine();
        for (String header = in.readLine(); !header.isEmpty(); ) {
            header = in.readLine();
        }
        return status;
    }
}
