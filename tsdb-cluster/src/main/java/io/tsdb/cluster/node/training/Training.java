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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Sends a node what nodes are sent, and asks it what nodes are asked: wide integer rows and sparse
/// decimals over HTTP and TCP, queries of every kind over open buffers, blocks and parts, and again
/// after a restart.
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

    /// What else dashboards and benchmarks ask, by kinds of plans: more fields and hosts, newest
    /// values, thresholds, groups of groups, windows, joins.
    private static final List<String> KINDS =
            List.of(
                    "SELECT time_bucket('1m', time) AS t, max(usage_1), max(usage_2), max(usage_3),"
                            + " max(usage_4), max(usage_5) FROM wide WHERE host IN ('host_3') AND"
                            + " %s GROUP BY t ORDER BY t",
                    "SELECT time_bucket('1h', time) AS t, max(usage_0), max(usage_1), max(usage_2),"
                            + " max(usage_3), max(usage_4), max(usage_5), max(usage_6),"
                            + " max(usage_7), max(usage_8), max(usage_9) FROM wide WHERE host IN"
                            + " ('host_1', 'host_2', 'host_3', 'host_4') AND %s GROUP BY t"
                            + " ORDER BY t",
                    "SELECT * FROM wide WHERE usage_1 > 90 AND host IN ('host_5') AND %s",
                    "SELECT * FROM wide ORDER BY time DESC LIMIT 10",
                    "SELECT count(*), count(DISTINCT host), min(time), max(time) FROM wide",
                    "SELECT host, last(usage_1), max(time) FROM wide GROUP BY host",
                    "SELECT id, latitude, longitude FROM device LATEST BY id",
                    "SELECT id, fuel FROM device WHERE fuel < 0.5 LATEST BY id",
                    "SELECT id, avg(speed) FROM device WHERE %s GROUP BY id HAVING avg(speed) < 50",
                    "SELECT id, count(*) FROM (SELECT time_bucket('10m', time) AS t, id, avg(speed)"
                            + " AS a0 FROM device WHERE %s GROUP BY 1, id) WHERE a0 > 1 GROUP BY"
                            + " id HAVING count(*) > 2",
                    "WITH s AS (SELECT t, id, a0 > 50 AS drives, lag(a0 > 50) OVER (PARTITION BY id"
                            + " ORDER BY t) AS before FROM (SELECT time_bucket('1m', time) AS t,"
                            + " id, avg(speed) AS a0 FROM device WHERE %s GROUP BY 1, id)) SELECT"
                            + " id, count(*) FROM s WHERE drives <> before GROUP BY id",
                    "SELECT floor, date_trunc('hour', time), sum(temperature) / 144.0 FROM narrow"
                            + " WHERE %s GROUP BY 1, 2",
                    "SELECT room, state, count(*) FROM narrow WHERE state IS NOT NULL AND %s"
                            + " GROUP BY room, state ORDER BY 3 DESC LIMIT 20",
                    "SELECT a.room, avg(a.temperature) FROM narrow a ASOF JOIN narrow b ON a.room ="
                            + " b.room AND a.time >= b.time GROUP BY a.room");

    private static final int KIND_ROUNDS = 8;
    private static final int ROUNDS_AFTER_RESTART = 5;

    private final Node node;

    public Training(Node node) {
        this.node = node;
    }

    /// Every question, `%s` for a range of time.
    static List<String> questions() {
        var all = new ArrayList<>(QUERIES);
        all.addAll(KINDS);
        return all;
    }

    /// @throws IOException when the node does not do what it is asked
    public void run() throws IOException, InterruptedException {
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            write();
            query(client, QUERIES, QUERY_ROUNDS);
            query(client, KINDS, KIND_ROUNDS);
            node.flush();
            query(client, QUERIES, QUERY_ROUNDS);
            query(client, KINDS, KIND_ROUNDS);
        } catch (SqlRefusedException e) {
            throw new IOException(e);
        }
    }

    /// Goes on at a node that was started anew over what [#run] has left.
    ///
    /// @throws IOException when the node does not do what it is asked
    public void goOn() throws IOException, InterruptedException {
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            query(client, QUERIES, ROUNDS_AFTER_RESTART);
            query(client, KINDS, ROUNDS_AFTER_RESTART);
            sendNarrow();
            query(client, KINDS, ROUNDS_AFTER_RESTART);
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

    private static void query(SqlClient client, List<String> queries, int rounds)
            throws IOException, InterruptedException, SqlRefusedException {
        for (int round = 0; round < rounds; round++) {
            String range = TrainingLines.range(round);
            for (String query : queries) {
                client.query(DATABASE, query.replace("%s", range));
            }
        }
    }
}
