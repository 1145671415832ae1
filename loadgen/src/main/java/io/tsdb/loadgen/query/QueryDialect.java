package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Aggregate;
import io.tsdb.loadgen.query.QuerySpec.Function;
import io.tsdb.loadgen.query.QuerySpec.Shape;
import io.tsdb.loadgen.wire.SqlDialect;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How each server is asked: path and query of an HTTP GET for a question.
public enum QueryDialect {
    TSDB,
    QUESTDB,
    INFLUXQL,
    PROMQL;

    /// Path and query; empty when the language has no equivalent.
    ///
    /// @param endNanos end of the data, for languages that need a time to ask at
    public Optional<String> path(QuerySpec spec, String database, long endNanos) {
        String name = URLEncoder.encode(database, StandardCharsets.UTF_8);
        return switch (this) {
            case TSDB ->
                    Optional.of(
                            "/api/v1/sql?db="
                                    + name
                                    + "&format=json&epoch=ns&q="
                                    + encode(text(spec)));
            case QUESTDB -> Optional.of("/exec?query=" + encode(text(spec)));
            case INFLUXQL ->
                    spec.having().equals(QuerySpec.Having.NONE)
                                    && spec.finish() == QuerySpec.Finish.NONE
                            ? Optional.of("/query?db=" + name + "&epoch=ns&q=" + encode(text(spec)))
                            : Optional.empty();
            case PROMQL -> PromText.path(spec, endNanos);
        };
    }

    /// The query as a person would read it.
    public String text(QuerySpec spec) {
        return switch (this) {
            case TSDB -> tsdb(spec);
            case QUESTDB -> questdb(spec);
            case INFLUXQL -> influx(spec);
            case PROMQL -> PromText.path(spec, 0).orElse("(no equivalent)");
        };
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String tsdb(QuerySpec spec) {
        return spec.finish() == QuerySpec.Finish.NONE
                ? groups(spec)
                : FinishText.of(spec, named(spec));
    }

    /// The groups that a result is made of, with names for the aggregates.
    private static String named(QuerySpec spec) {
        String groups = groups(spec);
        for (int a = 0; a < spec.aggregates().size(); a++) {
            String aggregate = spec.aggregates().get(a).sql();
            groups = groups.replaceFirst(Pattern.quote(aggregate), aggregate + " AS a" + a);
        }
        return groups.replace(" ORDER BY 1", "");
    }

    /// What tsdb is asked for before a result is made of it: groups, rows or newest points.
    static String groups(QuerySpec spec) {
        String where = where(spec, "time");
        String from = " FROM " + spec.measurement().name() + where;
        return switch (spec.shape()) {
            case ROWS -> "SELECT *" + from;
            case LATEST ->
                    "SELECT "
                            + latestColumns(spec)
                            + from
                            + " LATEST BY "
                            + spec.measurement().idTag();
            case AGGREGATE -> {
                List<String> columns = new ArrayList<>();
                List<String> groups = new ArrayList<>();
                if (spec.bucketNanos() > 0) {
                    columns.add("time_bucket('" + width(spec.bucketNanos()) + "', time) AS t");
                    groups.add("1");
                }
                columns.addAll(spec.groupTags());
                groups.addAll(spec.groupTags());
                spec.aggregates().forEach(aggregate -> columns.add(aggregate.sql()));
                String order =
                        spec.bucketNanos() > 0
                                ? " ORDER BY 1"
                                        + (spec.limit() > 0 ? " DESC LIMIT " + spec.limit() : "")
                                : "";
                yield "SELECT "
                        + String.join(", ", columns)
                        + from
                        + " GROUP BY "
                        + String.join(", ", groups)
                        + having(spec)
                        + order;
            }
        };
    }

    private static String having(QuerySpec spec) {
        return spec.having().equals(QuerySpec.Having.NONE)
                ? ""
                : " HAVING "
                        + spec.aggregates().getFirst().sql()
                        + " "
                        + spec.having().operator()
                        + " "
                        + number(spec.having().value());
    }

    private static String questdb(QuerySpec spec) {
        String from = " FROM " + spec.measurement().name() + where(spec, "timestamp");
        return switch (spec.shape()) {
            case ROWS -> "SELECT *" + from;
            case LATEST ->
                    "SELECT "
                            + latestColumns(spec)
                            + from
                            + " LATEST ON timestamp PARTITION BY "
                            + spec.measurement().idTag();
            case AGGREGATE -> {
                List<String> columns = new ArrayList<>();
                if (spec.bucketNanos() > 0) {
                    columns.add("timestamp");
                }
                columns.addAll(spec.groupTags());
                for (int a = 0; a < spec.aggregates().size(); a++) {
                    columns.add(spec.aggregates().get(a).sql() + " a" + a);
                }
                String select = "SELECT " + String.join(", ", columns) + from;
                if (spec.bucketNanos() > 0) {
                    select += " SAMPLE BY " + width(spec.bucketNanos());
                }
                if (spec.limit() > 0) {
                    select += " ORDER BY timestamp DESC LIMIT " + spec.limit();
                }
                yield spec.having().equals(QuerySpec.Having.NONE)
                        ? select
                        : "SELECT * FROM ("
                                + select
                                + ") WHERE a0 "
                                + spec.having().operator()
                                + " "
                                + number(spec.having().value());
            }
        };
    }

    private static String influx(QuerySpec spec) {
        String from = " FROM " + spec.measurement().name() + influxWhere(spec);
        return switch (spec.shape()) {
            case ROWS -> "SELECT *" + from;
            case LATEST -> {
                List<String> fields =
                        spec.columns().stream()
                                .filter(c -> spec.measurement().fieldIndex(c) >= 0)
                                .toList();
                yield "SELECT "
                        + (fields.isEmpty() ? "*" : String.join(", ", fields))
                        + from
                        + " GROUP BY \""
                        + spec.measurement().idTag()
                        + "\" ORDER BY time DESC LIMIT 1";
            }
            case AGGREGATE -> {
                List<String> columns = new ArrayList<>();
                for (Aggregate aggregate : spec.aggregates()) {
                    columns.add(
                            (aggregate.function() == Function.AVG
                                    ? "mean(" + aggregate.field() + ")"
                                    : aggregate.sql()));
                }
                List<String> groups = new ArrayList<>();
                if (spec.bucketNanos() > 0) {
                    groups.add("time(" + width(spec.bucketNanos()) + ")");
                }
                spec.groupTags().forEach(tag -> groups.add('"' + tag + '"'));
                yield "SELECT "
                        + String.join(", ", columns)
                        + from
                        + " GROUP BY "
                        + String.join(", ", groups)
                        + (spec.limit() > 0 ? " ORDER BY time DESC LIMIT " + spec.limit() : "");
            }
        };
    }

    private static String latestColumns(QuerySpec spec) {
        return spec.columns().isEmpty()
                ? "*"
                : spec.measurement().idTag() + ", " + String.join(", ", spec.columns());
    }

    private static String where(QuerySpec spec, String time) {
        List<String> conditions = new ArrayList<>();
        if (!spec.devices().isEmpty()) {
            conditions.add(
                    spec.measurement().idTag() + " IN (" + String.join(", ", names(spec)) + ")");
        }
        conditions.addAll(common(spec, "", time));
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private static String influxWhere(QuerySpec spec) {
        List<String> conditions = new ArrayList<>();
        if (!spec.devices().isEmpty()) {
            String key = '"' + spec.measurement().idTag() + "\" = ";
            conditions.add(
                    "("
                            + String.join(
                                    " OR ", names(spec).stream().map(name -> key + name).toList())
                            + ")");
        }
        conditions.addAll(common(spec, "\"", "time"));
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private static List<String> names(QuerySpec spec) {
        // The id tag depends on the device's number only in all workloads that have queries.
        return spec.devices().stream()
                .map(
                        device ->
                                "'"
                                        + spec.measurement()
                                                .tags()
                                                .getFirst()
                                                .values()
                                                .of(0, device, 0)
                                        + "'")
                .toList();
    }

    private static List<String> common(QuerySpec spec, String quote, String time) {
        List<String> conditions = new ArrayList<>();
        for (Map.Entry<String, String> tag : new java.util.TreeMap<>(spec.tags()).entrySet()) {
            conditions.add(quote + tag.getKey() + quote + " = '" + tag.getValue() + "'");
        }
        if (!spec.aboveField().isEmpty()) {
            conditions.add(spec.aboveField() + " > " + number(spec.above()));
        }
        if (spec.fromNanos() != Long.MIN_VALUE) {
            conditions.add(time + " >= " + SqlDialect.literal(spec.fromNanos()));
        }
        if (spec.toNanos() != Long.MAX_VALUE) {
            conditions.add(time + " < " + SqlDialect.literal(spec.toNanos()));
        }
        return conditions;
    }

    static String width(long nanos) {
        long minutes = nanos / 60_000_000_000L;
        return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%s", value);
    }

    /// Whether the answer can be read as rows and so be checked.
    public Optional<SqlDialect> rows() {
        return switch (this) {
            case TSDB -> Optional.of(SqlDialect.TSDB);
            case QUESTDB -> Optional.of(SqlDialect.QUESTDB);
            case INFLUXQL, PROMQL -> Optional.empty();
        };
    }

    /// Remark on what an answer leaves out, or an empty text.
    public String remark(QuerySpec spec) {
        if (spec.finish() != QuerySpec.Finish.NONE && this != TSDB) {
            return "finished by the client";
        }
        return this == PROMQL && spec.shape() == Shape.ROWS
                ? "one field of " + spec.measurement().fields().size()
                : "";
    }
}
