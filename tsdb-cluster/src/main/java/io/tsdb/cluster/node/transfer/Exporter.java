package io.tsdb.cluster.node.transfer;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a measurement out of a node, streamed: as CSV, or as lines that can be imported again with
/// every type kept.
public final class Exporter implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final SqlClient sql;
    private final String url;
    private final String database;
    private final Optional<String> token;

    public Exporter(String url, String database, Optional<String> token) {
        this.url = url;
        this.database = database;
        this.token = token;
        this.sql = new SqlClient(url, token);
    }

    /// Writes the rows as the node's CSV.
    public void csv(String statement, OutputStream out) throws IOException, InterruptedException {
        try (InputStream rows = stream(statement, "")) {
            rows.transferTo(out);
        }
    }

    /// Writes the rows of a measurement as lines.
    ///
    /// @return number of lines
    public long lines(String measurement, String where, OutputStream out)
            throws IOException, InterruptedException, SqlRefusedException {
        String quoted = quote(measurement);
        Set<String> tags = new HashSet<>();
        for (List<String> row : sql.query(database, "SHOW TAG KEYS FROM " + quoted).rows()) {
            tags.add(row.getLast());
        }
        List<SqlAnswer.Column> columns =
                sql.query(database, "SELECT * FROM " + quoted + " LIMIT 1").columns();
        long count = 0;
        String statement = "SELECT * FROM " + quoted + where;
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                stream(statement, "&epoch=ns"), StandardCharsets.UTF_8))) {
            var records = new CsvReader(reader, ',');
            records.next();
            var line = new StringBuilder();
            for (List<String> row = records.next(); row != null; row = records.next()) {
                line.setLength(0);
                writeLine(line, measurement, columns, tags, row);
                out.write(line.toString().getBytes(StandardCharsets.UTF_8));
                count++;
            }
        }
        return count;
    }

    private static void writeLine(
            StringBuilder line,
            String measurement,
            List<SqlAnswer.Column> columns,
            Set<String> tags,
            List<String> row) {
        LineEscapes.measurement(line, measurement);
        String time = "";
        for (int i = 0; i < row.size(); i++) {
            String name = columns.get(i).name();
            if (name.equals("time")) {
                time = row.get(i);
            } else if (tags.contains(name) && !row.get(i).isEmpty()) {
                line.append(',');
                LineEscapes.name(line, name);
                line.append('=');
                LineEscapes.name(line, row.get(i));
            }
        }
        char before = ' ';
        for (int i = 0; i < row.size(); i++) {
            SqlAnswer.Column column = columns.get(i);
            if (!column.name().equals("time")
                    && !tags.contains(column.name())
                    && !row.get(i).isEmpty()) {
                line.append(before);
                before = ',';
                LineEscapes.name(line, column.name());
                line.append('=');
                value(line, column.type(), row.get(i));
            }
        }
        line.append(' ').append(time).append('\n');
    }

    private static void value(StringBuilder line, String type, String text) {
        switch (type) {
            case "int64" -> line.append(text).append('i');
            case "string" -> LineEscapes.string(line, text);
            default -> line.append(text);
        }
    }

    /// A name in double quotes.
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private InputStream stream(String statement, String more)
            throws IOException, InterruptedException {
        String form =
                "format=csv"
                        + more
                        + "&db="
                        + URLEncoder.encode(database, StandardCharsets.UTF_8)
                        + "&q="
                        + URLEncoder.encode(statement, StandardCharsets.UTF_8);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form));
        token.ifPresent(text -> request.header("Authorization", "Token " + text));
        HttpResponse<InputStream> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw new IOException(
                        "the node answered "
                                + response.statusCode()
                                + ": "
                                + new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        }
        return response.body();
    }

    @Override
    public void close() {
        http.close();
        sql.close();
    }
}
