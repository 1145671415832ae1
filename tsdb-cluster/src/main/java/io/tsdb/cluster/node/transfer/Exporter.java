package io.tsdb.cluster.node.transfer;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.SqlText;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads measurements out of a node, streamed: as lines or as CSV, both such that an import gives
/// the same rows again, to the bit.
public final class Exporter implements AutoCloseable {
    /// What a measurement's columns are.
    private record Layout(List<SqlAnswer.Column> columns, Set<String> tags) {
        boolean isTag(SqlAnswer.Column column) {
            return tags.contains(column.name());
        }
    }

    private final HttpClient http;
    private final SqlClient sql;
    private final String url;
    private final String database;
    private final Optional<String> token;

    /// @param http closed with this
    public Exporter(String url, String database, Optional<String> token, HttpClient http) {
        this.http = http;
        this.url = url;
        this.database = database;
        this.token = token;
        this.sql = new SqlClient(url, token, http);
    }

    /// Every measurement of the database.
    public List<String> measurements()
            throws IOException, InterruptedException, SqlRefusedException {
        return sql.query(database, "SHOW MEASUREMENTS").rows().stream().map(List::getLast).toList();
    }

    /// Writes the rows of a measurement as CSV.
    ///
    /// @param typed whether each name in the header is followed by what the column is
    /// @param where ` WHERE ...`, or empty
    /// @throws IOException also when the answer breaks off, or has a column that it should not
    public void csv(String measurement, String where, boolean typed, OutputStream out)
            throws IOException, InterruptedException, SqlRefusedException {
        Layout layout = layout(measurement);
        try (InputStream rows = stream("SELECT * FROM " + SqlText.name(measurement) + where, "")) {
            byte[] header = header(rows);
            requireColumns(layout, new ByteArrayInputStream(header));
            out.write(typed ? typedHeader(layout) : header);
            rows.transferTo(out);
        }
    }

    private static byte[] typedHeader(Layout layout) throws IOException {
        var cells = new ArrayList<String>();
        for (SqlAnswer.Column column : layout.columns()) {
            try {
                cells.add(CsvHeader.cell(column.name(), column.type(), layout.isTag(column)));
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return (String.join(",", cells) + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    /// The header line with its end; a name in it may have a line end of its own.
    private static byte[] header(InputStream rows) throws IOException {
        var header = new ByteArrayOutputStream();
        boolean quoted = false;
        for (int c = rows.read(); c >= 0; c = rows.read()) {
            header.write(c);
            quoted ^= c == '"';
            if (c == '\n' && !quoted) {
                break;
            }
        }
        return header.toByteArray();
    }

    /// Writes the rows of a measurement as lines.
    ///
    /// @return number of lines
    /// @throws IOException also for a value that line protocol cannot say
    public long lines(String measurement, String where, OutputStream out)
            throws IOException, InterruptedException, SqlRefusedException {
        Layout layout = layout(measurement);
        String statement = "SELECT * FROM " + SqlText.name(measurement) + where;
        long count = 0;
        try (InputStream rows = stream(statement, "&epoch=ns")) {
            CsvReader records = requireColumns(layout, rows);
            var line = new StringBuilder();
            for (List<String> row = records.next(); row != null; row = records.next()) {
                line.setLength(0);
                try {
                    writeLine(line, measurement, layout, row, records);
                } catch (IllegalArgumentException e) {
                    throw new IOException("row " + (count + 1) + ": " + e.getMessage(), e);
                }
                out.write(line.toString().getBytes(StandardCharsets.UTF_8));
                count++;
            }
        }
        return count;
    }

    private Layout layout(String measurement)
            throws IOException, InterruptedException, SqlRefusedException {
        String quoted = SqlText.name(measurement);
        Set<String> tags = new HashSet<>();
        for (List<String> row : sql.query(database, "SHOW TAG KEYS FROM " + quoted).rows()) {
            tags.add(row.getLast());
        }
        return new Layout(
                sql.query(database, "SELECT * FROM " + quoted + " LIMIT 1").columns(), tags);
    }

    /// A reader of the rows behind their header.
    ///
    /// @throws IOException when the header has other columns than the layout
    private static CsvReader requireColumns(Layout layout, InputStream rows) throws IOException {
        var records = new CsvReader(new TextInput(rows, StandardCharsets.UTF_8), ',');
        List<String> names = layout.columns().stream().map(SqlAnswer.Column::name).toList();
        List<String> header = records.next();
        if (!names.equals(header)) {
            throw new IOException(
                    "the columns changed meanwhile: " + names + ", then " + header + "; try again");
        }
        return records;
    }

    private static void writeLine(
            StringBuilder line,
            String measurement,
            Layout layout,
            List<String> row,
            CsvReader records) {
        LineEscapes.measurement(line, measurement);
        String time = "";
        for (int i = 0; i < row.size(); i++) {
            SqlAnswer.Column column = layout.columns().get(i);
            if (column.name().equals("time")) {
                time = row.get(i);
            } else if (layout.isTag(column) && !row.get(i).isEmpty()) {
                line.append(',');
                LineEscapes.name(line, "tag key", column.name());
                line.append('=');
                LineEscapes.name(line, "tag value", row.get(i));
            }
        }
        char before = ' ';
        for (int i = 0; i < row.size(); i++) {
            SqlAnswer.Column column = layout.columns().get(i);
            boolean isAbsent = row.get(i).isEmpty() && !records.isQuoted(i);
            if (!column.name().equals("time") && !layout.isTag(column) && !isAbsent) {
                line.append(before);
                before = ',';
                LineEscapes.name(line, "field key", column.name());
                line.append('=');
                value(line, column, row.get(i));
            }
        }
        line.append(' ').append(time).append('\n');
    }

    private static void value(StringBuilder line, SqlAnswer.Column column, String text) {
        switch (column.type()) {
            case "int64" -> line.append(text).append('i');
            case "uint64" -> line.append(text).append('u');
            case "string" -> LineEscapes.string(line, text);
            case "bool" -> line.append(text);
            case "float64" -> {
                if (text.endsWith("y") || text.equals("NaN")) {
                    throw new IllegalArgumentException(
                            "field "
                                    + LineEscapes.shown(column.name())
                                    + " is "
                                    + text
                                    + ", which line protocol cannot say");
                }
                line.append(text);
            }
            default ->
                    throw new IllegalArgumentException(
                            "field "
                                    + LineEscapes.shown(column.name())
                                    + " has the type "
                                    + column.type()
                                    + ", which line protocol cannot say");
        }
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
        return new BufferedInputStream(response.body(), 1 << 16);
    }

    @Override
    public void close() {
        http.close();
        sql.close();
    }
}
