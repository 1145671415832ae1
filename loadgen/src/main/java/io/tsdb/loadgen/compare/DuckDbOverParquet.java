package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.query.QueryReport;
import io.tsdb.loadgen.query.QueryRun;
import io.tsdb.loadgen.query.QuerySpec;
import io.tsdb.loadgen.wire.SqlDialect;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/// DuckDB over the Parquet files that tsdb left behind after its clean stop: queries only, in this
/// process. Its jar is given, or copied by Maven.
public final class DuckDbOverParquet {
    /// Its name among the peers.
    public static final String NAME = "duckdb";

    private static final String VERSION = "2.0.0.1";
    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private @Nullable Path jar;

    public DuckDbOverParquet(@Nullable Path jar) {
        this.jar = jar;
    }

    /// Looks for the jar.
    ///
    /// @return why it cannot be used; empty when it can
    public Optional<String> missing(Path work) throws InterruptedException, IOException {
        if (jar == null) {
            Optional<Path> copied = MavenJar.copy("org.duckdb", "duckdb_jdbc", VERSION, work);
            if (copied.isEmpty()) {
                return Optional.of(
                        "no jar given (--duckdb-jar), and Maven could not copy"
                                + " org.duckdb:duckdb_jdbc:"
                                + VERSION);
            }
            jar = copied.get();
        }
        return Files.exists(jar) ? Optional.empty() : Optional.of("no file " + jar);
    }

    /// Asks the questions over the Parquet files below a directory.
    List<QueryReport> run(QueryRun queries, List<String> types, int warmUp, int runs, Path data)
            throws IOException {
        List<QueryReport> reports = new ArrayList<>();
        URL[] urls = {java.util.Objects.requireNonNull(jar).toUri().toURL()};
        try (URLClassLoader loader =
                        new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
                Connection connection = connect(loader)) {
            for (String type : types) {
                reports.add(measure(connection, queries, type, warmUp, runs, data));
            }
        } catch (SQLException | ReflectiveOperationException e) {
            throw new IOException("DuckDB: " + e.getMessage(), e);
        }
        return reports;
    }

    private static Connection connect(URLClassLoader loader)
            throws ReflectiveOperationException, SQLException {
        Driver driver =
                (Driver)
                        loader.loadClass("org.duckdb.DuckDBDriver")
                                .getDeclaredConstructor()
                                .newInstance();
        Connection connection = driver.connect("jdbc:duckdb:", new Properties());
        if (connection == null) {
            throw new SQLException("the driver does not know jdbc:duckdb:");
        }
        return connection;
    }

    private static QueryReport measure(
            Connection connection, QueryRun queries, String type, int warmUp, int runs, Path data)
            throws IOException {
        Latencies none = Latencies.NONE;
        QuerySpec first = queries.spec(type, 0);
        if (first.finish() != QuerySpec.Finish.NONE) {
            return new QueryReport(type, "", 0, 0, none, 0, 0, 0, 0, "");
        }
        String files = files(data, first.measurement().name());
        if (files.isEmpty()) {
            return new QueryReport(
                    type,
                    "",
                    0,
                    0,
                    none,
                    0,
                    0,
                    0,
                    1,
                    "no Parquet file of " + first.measurement().name() + " below " + data);
        }
        Histogram histogram = new Histogram(HIGHEST_MICROS, 3);
        long cells = 0;
        long began = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            for (int i = -warmUp; i < runs; i++) {
                if (i == 0) {
                    began = System.nanoTime();
                }
                String sql = sql(queries.spec(type, i), files);
                long sent = System.nanoTime();
                long count = drain(statement, sql);
                if (i >= 0) {
                    cells += count;
                    histogram.recordValue(
                            Math.min(HIGHEST_MICROS, (System.nanoTime() - sent) / 1000));
                }
            }
        } catch (SQLException e) {
            return new QueryReport(
                    type, sql(first, files), 0, 0, none, 0, 0, 0, 1, "ERROR " + e.getMessage());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        String remark = cells == 0 ? "all answers are empty" : "";
        return new QueryReport(
                type,
                sql(first, files),
                runs,
                runs / seconds,
                Latencies.of(histogram),
                0,
                0,
                0,
                0,
                remark);
    }

    /// Reads an answer to its end, each cell of it.
    ///
    /// @return number of cells that hold something
    private static long drain(Statement statement, String sql) throws SQLException {
        long cells = 0;
        try (ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                for (int c = 1; c <= columns; c++) {
                    if (result.getObject(c) != null) {
                        cells++;
                    }
                }
            }
        }
        return cells;
    }

    private static String files(Path data, String measurement) throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            List<String> files =
                    all.filter(f -> f.toString().endsWith(".parquet"))
                            .filter(f -> f.toString().contains("/" + measurement + "/"))
                            .map(f -> "'" + f + "'")
                            .toList();
            return files.isEmpty()
                    ? ""
                    : "read_parquet([" + String.join(",", files) + "], union_by_name = true)";
        }
    }

    /// The question in DuckDB's SQL.
    static String sql(QuerySpec spec, String files) {
        String id = spec.measurement().idTag();
        List<String> where = new ArrayList<>();
        if (!spec.devices().isEmpty()) {
            where.add(
                    id
                            + " IN ("
                            + String.join(
                                    ", ",
                                    spec.devices().stream()
                                            .map(
                                                    d ->
                                                            "'"
                                                                    + spec.measurement()
                                                                            .tags()
                                                                            .getFirst()
                                                                            .values()
                                                                            .of(0, d, 0)
                                                                    + "'")
                                            .toList())
                            + ")");
        }
        new java.util.TreeMap<>(spec.tags())
                .forEach((key, value) -> where.add(key + " = '" + value + "'"));
        if (!spec.aboveField().isEmpty()) {
            where.add(spec.aboveField() + " > " + spec.above());
        }
        if (spec.fromNanos() != Long.MIN_VALUE) {
            where.add("time >= " + SqlDialect.literal(spec.fromNanos()));
        }
        if (spec.toNanos() != Long.MAX_VALUE) {
            where.add("time < " + SqlDialect.literal(spec.toNanos()));
        }
        String from =
                " FROM " + files + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where));
        return switch (spec.shape()) {
            case ROWS -> "SELECT *" + from;
            case LATEST ->
                    "SELECT DISTINCT ON (" + id + ") *" + from + " ORDER BY " + id + ", time DESC";
            case AGGREGATE -> aggregate(spec, from);
        };
    }

    private static String aggregate(QuerySpec spec, String from) {
        List<String> columns = new ArrayList<>();
        if (spec.bucketNanos() > 0) {
            columns.add(
                    "time_bucket(INTERVAL '"
                            + spec.bucketNanos() / 60_000_000_000L
                            + " minutes', time) AS t");
        }
        columns.addAll(spec.groupTags());
        String first = "";
        for (QuerySpec.Aggregate aggregate : spec.aggregates()) {
            String text =
                    aggregate.function() == QuerySpec.Function.LAST
                            ? "arg_max(" + aggregate.field() + ", time)"
                            : aggregate.sql();
            first = first.isEmpty() ? text : first;
            columns.add(text);
        }
        String having =
                spec.having().equals(QuerySpec.Having.NONE)
                        ? ""
                        : " HAVING "
                                + first
                                + " "
                                + spec.having().operator()
                                + " "
                                + spec.having().value();
        String order =
                spec.bucketNanos() > 0
                        ? " ORDER BY 1" + (spec.limit() > 0 ? " DESC LIMIT " + spec.limit() : "")
                        : "";
        return "SELECT " + String.join(", ", columns) + from + " GROUP BY ALL" + having + order;
    }
}
