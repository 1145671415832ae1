package io.tsdb.loadgen.query;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.tsdb.loadgen.workload.FieldSpec;
import io.tsdb.loadgen.workload.LaneStream;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.TagSpec;
import io.tsdb.loadgen.workload.Workloads;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// Answers the questions of `query` out of DuckDB, which got the very lines that `load` sends.
final class DuckServer implements AutoCloseable {
    private final Connection duck;
    private final HttpServer http;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private volatile UnaryOperator<String> spoil = UnaryOperator.identity();

    DuckServer(StreamConfig config) throws SQLException, IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        duck = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = duck.createStatement()) {
            statement.execute("SET threads = 1");
        }
        for (MeasurementSpec spec : Workloads.named(config.workload()).measurements()) {
            create(spec, points(config, spec));
        }
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/api/v1/sql", this::answer);
        http.start();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /// Makes a question known by its text.
    void expect(QuerySpec spec) {
        known.put(QueryDialect.TSDB.text(spec), sql(spec));
        if (spec.finish() != QuerySpec.Finish.NONE) {
            known.put(QueryDialect.TSDB.text(spec), FinishedSql.of(spec));
            known.put(QueryDialect.groups(spec), sql(spec));
        }
    }

    /// Changes all answers.
    void spoilAnswers(UnaryOperator<String> newSpoil) {
        spoil = newSpoil;
    }

    /// Points of a measurement after all sends, the later one winning field by field: (key, time)
    /// to columns.
    private static Map<String, Map<String, String>> points(
            StreamConfig config, MeasurementSpec spec) {
        Map<String, Map<String, String>> points = new TreeMap<>();
        LaneStream stream = new LaneStream(config, 0);
        LineBuffer buffer = new LineBuffer(1 << 16);
        while (stream.hasNext()) {
            stream.next(buffer);
            for (String line :
                    new String(buffer.bytes(), 0, buffer.size(), StandardCharsets.UTF_8)
                            .split("\n")) {
                if (line.startsWith(spec.name() + ",")) {
                    String[] parts = line.split(" ");
                    Map<String, String> point =
                            points.computeIfAbsent(parts[0] + " " + parts[2], _ -> new HashMap<>());
                    for (String tag : parts[0].substring(spec.name().length() + 1).split(",")) {
                        point.put(
                                tag.substring(0, tag.indexOf('=')),
                                tag.substring(tag.indexOf('=') + 1));
                    }
                    for (String field : parts[1].split(",")) {
                        String value = field.substring(field.indexOf('=') + 1);
                        point.put(
                                field.substring(0, field.indexOf('=')),
                                value.endsWith("i")
                                        ? value.substring(0, value.length() - 1)
                                        : value);
                    }
                    point.put("time", parts[2]);
                }
            }
        }
        return points;
    }

    private void create(MeasurementSpec spec, Map<String, Map<String, String>> points)
            throws SQLException, IOException {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("time", "BIGINT");
        for (TagSpec tag : spec.tags()) {
            columns.put(tag.key(), "VARCHAR");
        }
        for (FieldSpec field : spec.fields()) {
            columns.put(field.name(), field.type() == FieldSpec.Type.INTEGER ? "BIGINT" : "DOUBLE");
        }
        List<String> definitions = new ArrayList<>();
        columns.forEach((name, type) -> definitions.add(name + " " + type));
        Path csv = Files.createTempFile("loadgen", ".csv");
        try (Statement statement = duck.createStatement()) {
            statement.execute(
                    "CREATE TABLE " + spec.name() + " (" + String.join(", ", definitions) + ")");
            List<String> rows = new ArrayList<>();
            for (Map<String, String> point : points.values()) {
                List<String> cells = new ArrayList<>();
                columns.forEach((name, _) -> cells.add(point.getOrDefault(name, "")));
                rows.add(String.join(",", cells));
            }
            Files.write(csv, rows);
            statement.execute(
                    "COPY " + spec.name() + " FROM '" + csv + "' (HEADER false, NULLSTR '')");
        } finally {
            Files.delete(csv);
        }
    }

    /// The question in DuckDB's SQL, written down apart from the dialects of the main code.
    private static String sql(QuerySpec spec) {
        String id = spec.measurement().idTag();
        List<String> where = new ArrayList<>(List.of("true"));
        if (!spec.devices().isEmpty()) {
            where.add(
                    id
                            + " IN ('"
                            + String.join(
                                    "','",
                                    spec.devices().stream()
                                            .map(
                                                    d ->
                                                            spec.measurement()
                                                                    .tags()
                                                                    .getFirst()
                                                                    .values()
                                                                    .of(0, d, 0))
                                            .toList())
                            + "')");
        }
        spec.tags().forEach((key, value) -> where.add(key + " = '" + value + "'"));
        where.add("time >= " + Math.max(0, spec.fromNanos()) + " AND time < " + spec.toNanos());
        if (!spec.aboveField().isEmpty()) {
            where.add(spec.aboveField() + " > " + spec.above());
        }
        String from =
                " FROM " + spec.measurement().name() + " WHERE " + String.join(" AND ", where);
        return switch (spec.shape()) {
            case ROWS -> "SELECT *" + from;
            case LATEST ->
                    "SELECT *"
                            + from
                            + " QUALIFY row_number() OVER (PARTITION BY "
                            + id
                            + " ORDER BY time DESC) = 1";
            case AGGREGATE -> {
                List<String> columns = new ArrayList<>();
                if (spec.bucketNanos() > 0) {
                    columns.add(
                            "(time // "
                                    + spec.bucketNanos()
                                    + ") * "
                                    + spec.bucketNanos()
                                    + " AS bucket");
                }
                columns.addAll(spec.groupTags());
                for (QuerySpec.Aggregate aggregate : spec.aggregates()) {
                    String text =
                            aggregate.function() == QuerySpec.Function.LAST
                                    ? "arg_max(" + aggregate.field() + ", time)"
                                    : aggregate.sql();
                    columns.add(text + " AS a" + columns.size());
                }
                String having =
                        spec.having().equals(QuerySpec.Having.NONE)
                                ? ""
                                : " HAVING "
                                        + columns.get(columns.size() - spec.aggregates().size())
                                                .replaceFirst(" AS .*", "")
                                        + spec.having().operator()
                                        + spec.having().value();
                yield "SELECT "
                        + String.join(", ", columns)
                        + from
                        + " GROUP BY ALL"
                        + having
                        + (spec.limit() > 0 ? " ORDER BY bucket DESC LIMIT " + spec.limit() : "");
            }
        };
    }

    /// Runs DuckDB's own SQL: all columns but the last as text, and the last as number.
    synchronized Map<List<String>, Double> result(String sql) throws SQLException {
        var result = new HashMap<List<String>, Double>();
        try (Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                var key = new ArrayList<String>();
                for (int c = 1; c < columns; c++) {
                    key.add(String.valueOf(rows.getString(c)));
                }
                result.put(List.copyOf(key), rows.getDouble(columns));
            }
        }
        return result;
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String raw = exchange.getRequestURI().getRawQuery();
        String text =
                URLDecoder.decode(raw.substring(raw.indexOf("&q=") + 3), StandardCharsets.UTF_8);
        String sql = known.get(text);
        String json = sql == null ? "{\"error\":{\"message\":\"not expected\"}}" : json(sql);
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(sql == null ? 400 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String json(String sql) throws IOException {
        StringBuilder json = new StringBuilder("{\"columns\":[");
        try (Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            for (int c = 1; c <= columns; c++) {
                json.append(c == 1 ? "" : ",")
                        .append("{\"name\":\"")
                        .append(rows.getMetaData().getColumnName(c).replace('"', '\''))
                        .append("\"}");
            }
            json.append("],\"rows\":[");
            boolean first = true;
            while (rows.next()) {
                json.append(first ? "[" : ",[");
                first = false;
                for (int c = 1; c <= columns; c++) {
                    Object value = rows.getObject(c);
                    json.append(c == 1 ? "" : ",")
                            .append(
                                    value instanceof String
                                            ? "\"" + value + "\""
                                            : String.valueOf(value));
                }
                json.append(']');
            }
        } catch (SQLException e) {
            throw new IOException(sql, e);
        }
        return spoil.apply(json.append("]}").toString());
    }

    @Override
    public void close() throws SQLException {
        http.stop(0);
        duck.close();
    }
}
