package io.tsdb.cluster.node.training;

import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.server.Node;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Sends a node what nodes are sent, and asks it what nodes are asked: wide integer rows and sparse
/// decimals over HTTP and TCP, queries over open buffers, blocks and parts.
///
/// The JVM keeps how often each branch was taken, so the mix matters: most of a node's time goes to
/// plain lines that repeat their series in order.
public final class Training {
    private static final String DATABASE = "training";
    private static final int SENDERS = 2;
    private static final int WIDE_BATCHES = 60;
    private static final int NARROW_BATCHES = 16;
    private static final int QUERY_ROUNDS = 25;

    private static final List<String> QUERIES =
            List.of(
                    "SELECT time_bucket('1m', time) AS t, max(usage_1) FROM wide"
                            + " WHERE host IN ('host_1', 'host_7') AND %s GROUP BY t ORDER BY t",
                    "SELECT time_bucket('1h', time) AS t, host, avg(usage_1), avg(usage_2),"
                            + " max(usage_3) FROM wide WHERE %s GROUP BY t, host ORDER BY t, host",
                    "SELECT * FROM wide WHERE usage_4 > 90 AND %s",
                    "SELECT * FROM wide LATEST BY host",
                    "SELECT time_bucket('1m', time) AS t, max(usage_1) FROM wide WHERE %s"
                            + " GROUP BY t ORDER BY t DESC LIMIT 5",
                    "SELECT count(*), sum(usage_5), min(usage_6), stddev(usage_7) FROM wide",
                    "SELECT room, count(temperature), avg(temperature), first(humidity),"
                            + " last(state) FROM narrow WHERE %s GROUP BY room",
                    "SELECT time, room, temperature FROM narrow WHERE temperature > 20.5 AND %s"
                            + " ORDER BY time DESC LIMIT 100",
                    "SHOW MEASUREMENTS");

    private final Node node;

    public Training(Node node) {
        this.node = node;
    }

    /// @throws IOException when the node does not do what it is asked
    public void run() throws IOException, InterruptedException {
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            write();
            query(client);
            node.flush();
            query(client);
        } catch (SqlRefusedException e) {
            throw new IOException(e);
        }
    }

    private void write() throws IOException, InterruptedException {
        try (var senders = Executors.newFixedThreadPool(SENDERS)) {
            List<Future<?>> sent =
                    List.of(
                            senders.submit(() -> sendWide(0)),
                            senders.submit(() -> sendWide(1)),
                            senders.submit(this::sendNarrow),
                            senders.submit(this::sendLines));
            for (Future<?> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private Void sendWide(int sender) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var lines = new TrainingLines();
            for (int batch = sender; batch < WIDE_BATCHES; batch += SENDERS) {
                post(http, "/write?db=" + DATABASE, lines.wide(batch));
            }
        }
        return null;
    }

    private Void sendNarrow() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var lines = new TrainingLines();
            String path = "/api/v2/write?bucket=" + DATABASE + "&precision=ms";
            for (int batch = 0; batch < NARROW_BATCHES; batch++) {
                post(http, path, lines.narrow(batch));
            }
        }
        return null;
    }

    private Void sendLines() throws IOException {
        InetSocketAddress address = node.lineTcpAddress().orElseThrow();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            var lines = new TrainingLines();
            for (int batch = 0; batch < NARROW_BATCHES; batch++) {
                out.write(lines.device(batch));
            }
            socket.shutdownOutput();
            // the node ends its side when every line is written
            if (socket.getInputStream().read() >= 0) {
                throw new IOException("line TCP answered");
            }
        }
        return null;
    }

    private void post(HttpClient http, String path, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(node.url() + path))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 204) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    private static void query(SqlClient client)
            throws IOException, InterruptedException, SqlRefusedException {
        for (int round = 0; round < QUERY_ROUNDS; round++) {
            String range = TrainingLines.range(round);
            for (String query : QUERIES) {
                client.query(DATABASE, query.replace("%s", range));
            }
        }
    }
}
