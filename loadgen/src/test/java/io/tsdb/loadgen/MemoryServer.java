package io.tsdb.loadgen;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// A server that keeps lines in memory (later write wins, field by field) and answers the queries
/// that `verify` asks. A test can make it misbehave through [#onWrite].
public final class MemoryServer implements AutoCloseable {
    static {
        // Without it each small answer waits 40 ms for the client's delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final Pattern QUERY =
            Pattern.compile(
                    "SELECT \\* FROM \"(\\w+)\" WHERE time >= '([^']+)' AND time < '([^']+)'(?: AND"
                            + " \"(\\w+)\" = '([^']+)')?");
    private static final Pattern COUNT = Pattern.compile("SELECT count\\(\\*\\) FROM \"(\\w+)\"");

    /// What to do with a request.
    public enum Behaviour {
        ACCEPT,
        /// 503 and nothing stored.
        OVERLOADED,
        /// 204 and nothing stored: a lie.
        FORGET,
        /// Stored, but the connection ends without an answer.
        STORE_AND_VANISH,
        /// 400 and nothing stored.
        REFUSE
    }

    /// Decides about the n-th write request (from 0).
    @FunctionalInterface
    public interface WriteHook {
        Behaviour decide(int request);
    }

    /// A stored point: tags, and fields as JSON texts.
    private record Point(Map<String, String> tags, Map<String, String> fields) {}

    private record Key(long nanos, String series) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : series.compareTo(other.series);
        }
    }

    private final HttpServer http;
    private final ServerSocket tcp;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, TreeMap<Key, Point>> measurements = new LinkedHashMap<>();
    private final Map<String, Set<String>> tagKeys = new HashMap<>();
    private final Map<String, Set<String>> fieldKeys = new HashMap<>();
    private int requests;
    private volatile WriteHook hook = _ -> Behaviour.ACCEPT;
    private volatile UnaryOperator<String> lineHook = UnaryOperator.identity();
    private volatile String lastWrite = "";

    public MemoryServer() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        http = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        http.setExecutor(threads);
        http.createContext("/", this::write);
        http.createContext("/api/v1/sql", this::sql);
        http.start();
        tcp = new ServerSocket(0, 50, loopback);
        threads.execute(this::acceptTcp);
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    public String tcpAddress() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    /// Path and query of the last write.
    public String lastWrite() {
        return lastWrite;
    }

    public void onWrite(WriteHook newHook) {
        hook = newHook;
    }

    /// Changes each line before it is stored; an empty text drops it.
    public void onLine(UnaryOperator<String> newHook) {
        lineHook = newHook;
    }

    /// Stores a line as if a client had sent it.
    public synchronized void store(String line, long unitNanos) {
        Matcher parts = Pattern.compile("([^ ]+) ([^ ]+) (-?\\d+)").matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("cannot parse: " + line);
        }
        String[] key = parts.group(1).split(",");
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 1; i < key.length; i++) {
            tags.put(
                    key[i].substring(0, key[i].indexOf('=')),
                    key[i].substring(key[i].indexOf('=') + 1));
        }
        tagKeys.computeIfAbsent(key[0], _ -> new LinkedHashSet<>()).addAll(tags.keySet());
        Set<String> fields = fieldKeys.computeIfAbsent(key[0], _ -> new LinkedHashSet<>());
        Key at = new Key(Long.parseLong(parts.group(3)) * unitNanos, parts.group(1));
        Point point =
                measurements
                        .computeIfAbsent(key[0], _ -> new TreeMap<>())
                        .computeIfAbsent(at, _ -> new Point(tags, new LinkedHashMap<>()));
        for (String field : parts.group(2).split(",")) {
            int equals = field.indexOf('=');
            fields.add(field.substring(0, equals));
            point.fields().put(field.substring(0, equals), json(field.substring(equals + 1)));
        }
    }

    private static String json(String value) {
        return switch (value) {
            case "t" -> "true";
            case "f" -> "false";
            default -> value.endsWith("i") ? value.substring(0, value.length() - 1) : value;
        };
    }

    /// Number of points stored.
    public synchronized long points() {
        return measurements.values().stream().mapToLong(Map::size).sum();
    }

    private void write(HttpExchange exchange) throws IOException {
        int request;
        synchronized (this) {
            request = requests++;
        }
        lastWrite = exchange.getRequestURI().toString();
        boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        String body;
        try (InputStream raw = exchange.getRequestBody();
                InputStream in = gzip ? new GZIPInputStream(raw) : raw) {
            body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Behaviour behaviour = hook.decide(request);
        if (behaviour == Behaviour.ACCEPT || behaviour == Behaviour.STORE_AND_VANISH) {
            storeAll(body, unit(lastWrite));
        }
        switch (behaviour) {
            case ACCEPT, FORGET -> exchange.sendResponseHeaders(204, -1);
            case OVERLOADED -> answer(exchange, 503, "{\"error\":\"overloaded\"}");
            case REFUSE -> answer(exchange, 400, "{\"error\":\"line 7 refused\"}");
            case STORE_AND_VANISH -> {
                // closing without an answer is what is wanted
            }
        }
        exchange.close();
    }

    private static long unit(String uri) {
        String precision = uri.replaceAll(".*precision=(\\w+).*", "$1");
        return switch (precision) {
            case "u", "us", "microsecond" -> 1000;
            case "ms", "millisecond" -> 1_000_000;
            case "s", "second" -> 1_000_000_000;
            default -> 1;
        };
    }

    private void storeAll(String body, long unit) {
        for (String line : body.split("\n")) {
            String changed = lineHook.apply(line);
            if (!changed.isEmpty()) {
                store(changed, unit);
            }
        }
    }

    private void acceptTcp() {
        try {
            while (true) {
                Socket socket = tcp.accept();
                threads.execute(() -> readTcp(socket));
            }
        } catch (IOException e) {
            if (!tcp.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void readTcp(Socket socket) {
        try (socket;
                BufferedReader reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8))) {
            for (@Nullable String line = reader.readLine();
                    line != null;
                    line = reader.readLine()) {
                store(line, 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sql(HttpExchange exchange) throws IOException {
        String raw = exchange.getRequestURI().getRawQuery();
        String sql =
                URLDecoder.decode(raw.substring(raw.indexOf("&q=") + 3), StandardCharsets.UTF_8);
        Matcher rows = QUERY.matcher(sql);
        Matcher count = COUNT.matcher(sql);
        if (rows.matches()) {
            answer(exchange, 200, rows(rows));
        } else if (count.matches()) {
            answer(
                    exchange,
                    200,
                    "{\"columns\":[{\"name\":\"count\",\"type\":\"int64\"}],\"rows\":[["
                            + size(count.group(1))
                            + "]]}");
        } else {
            answer(
                    exchange,
                    400,
                    "{\"error\":{\"message\":\"cannot answer " + sql.replace('"', '\'') + "\"}}");
        }
        exchange.close();
    }

    private synchronized long size(String measurement) {
        return measurements.getOrDefault(measurement, new TreeMap<>()).size();
    }

    private synchronized String rows(Matcher query) {
        TreeMap<Key, Point> points = measurements.getOrDefault(query.group(1), new TreeMap<>());
        Set<String> tags = tagKeys.getOrDefault(query.group(1), Set.of());
        Set<String> fields = fieldKeys.getOrDefault(query.group(1), Set.of());
        StringBuilder json =
                new StringBuilder("{\"columns\":[{\"name\":\"time\",\"type\":\"timestamp\"}");
        List.of(tags, fields)
                .forEach(
                        names ->
                                names.forEach(
                                        name ->
                                                json.append(",{\"name\":\"")
                                                        .append(name)
                                                        .append("\",\"type\":\"?\"}")));
        json.append("],\"rows\":[");
        int rows = 0;
        for (Map.Entry<Key, Point> entry :
                points.subMap(
                                new Key(nanos(query.group(2)), ""),
                                new Key(nanos(query.group(3)), ""))
                        .entrySet()) {
            Point point = entry.getValue();
            if (query.group(4) != null
                    && !query.group(5).equals(point.tags().get(query.group(4)))) {
                continue;
            }
            json.append(rows++ == 0 ? "[" : ",[").append(entry.getKey().nanos());
            for (String tag : tags) {
                String value = point.tags().get(tag);
                json.append(',').append(value == null ? "null" : "\"" + value + "\"");
            }
            for (String field : fields) {
                json.append(',').append(point.fields().getOrDefault(field, "null"));
            }
            json.append(']');
        }
        return json.append("],\"rowCount\":").append(rows).append(",\"elapsedMs\":0.1}").toString();
    }

    private static long nanos(String time) {
        Instant at = Instant.parse(time);
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() throws IOException {
        tcp.close();
        http.stop(0);
        threads.shutdownNow();
    }
}
