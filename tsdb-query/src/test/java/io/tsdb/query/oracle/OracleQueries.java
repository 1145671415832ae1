package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// Random queries in both dialects.
final class OracleQueries {
    /// @param isOrdered whether the order of the rows is fixed wholly
    /// @param isUnsigned whether its whole numbers may pass int64
    record Query(String ours, String duck, boolean isOrdered, boolean isUnsigned) {
        Query(String ours, String duck, boolean isOrdered) {
            this(ours, duck, isOrdered, false);
        }
    }

    private static final String ROW_KEY = "time, host, region, slot";

    private final Random random;
    private final OracleExpressions expressions;
    private final OracleNestedQueries nested;

    OracleQueries(Random random) {
        this.random = random;
        this.expressions = new OracleExpressions(random);
        this.nested = new OracleNestedQueries(random, expressions);
    }

    Query next() {
        return switch (random.nextInt(21)) {
            case 15, 16, 17, 18, 19, 20 -> nested.next();
            case 0, 1 -> rows();
            case 2 -> orderedRows();
            case 3 -> distinct();
            case 4 -> latest();
            case 5 -> newestBuckets();
            case 6 -> newestValues();
            case 7, 8 -> orderedGroups();
            case 9 -> orderedDistinct();
            case 10 -> largeNumbers();
            default -> groups();
        };
    }

    private Sql where() {
        var parts = new ArrayList<Sql>();
        if (random.nextInt(3) > 0) {
            parts.add(expressions.timeRange());
        }
        if (random.nextBoolean()) {
            parts.add(expressions.tagCondition());
        }
        if (random.nextBoolean()) {
            parts.add(expressions.condition(2));
        }
        return all(parts);
    }

    private Sql whereOfSeries() {
        var parts = new ArrayList<Sql>();
        if (random.nextBoolean()) {
            parts.add(expressions.timeRange());
        }
        if (random.nextBoolean()) {
            parts.add(expressions.tagCondition());
        }
        return all(parts);
    }

    private static Sql all(List<Sql> parts) {
        if (parts.isEmpty()) {
            return Sql.same("", ColumnType.BOOL);
        }
        return new Sql(
                " WHERE " + parts.stream().map(Sql::ours).collect(Collectors.joining(" AND ")),
                " WHERE " + parts.stream().map(Sql::duck).collect(Collectors.joining(" AND ")),
                ColumnType.BOOL);
    }

    private static String ours(List<Sql> items) {
        return items.stream().map(Sql::ours).collect(Collectors.joining(", "));
    }

    private static String duck(List<Sql> items) {
        return items.stream().map(Sql::duck).collect(Collectors.joining(", "));
    }

    private List<Sql> items() {
        var items = new ArrayList<Sql>();
        items.add(Sql.same("time", ColumnType.TIMESTAMP));
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            items.add(item());
        }
        return items;
    }

    private Sql item() {
        return switch (random.nextInt(4)) {
            case 0 -> expressions.integer(2);
            case 1 -> expressions.real(2);
            case 2 -> expressions.text(1);
            default -> expressions.condition(1);
        };
    }

    private Query rows() {
        List<Sql> items = items();
        Sql where = where();
        return new Query(
                "SELECT " + ours(items) + " FROM m" + where.ours(),
                "SELECT " + duck(items) + " FROM m" + where.duck(),
                false);
    }

    private Query orderedRows() {
        List<Sql> items = items();
        Sql where = where();
        String direction = random.nextBoolean() ? " DESC" : "";
        String nulls = random.nextInt(3) == 0 ? " NULLS FIRST" : "";
        Sql first =
                switch (random.nextInt(5)) {
                    case 0 -> expressions.integer(1);
                    case 3 -> expressions.real(1);
                    case 4 -> expressions.condition(1);
                    case 1 -> expressions.text(0);
                    default -> Sql.same("time", ColumnType.TIMESTAMP);
                };
        String limit = " LIMIT " + random.nextInt(40);
        String tail = random.nextInt(4) == 0 ? "" : limit;
        if (random.nextInt(3) == 0) {
            tail += " OFFSET " + random.nextInt(30);
        }
        String order = direction + nulls + ", " + ROW_KEY + tail;
        // a constant alone would be an ordinal
        return new Query(
                "SELECT "
                        + ours(items)
                        + " FROM m"
                        + where.ours()
                        + " ORDER BY "
                        + noOrdinal(first.ours())
                        + order,
                "SELECT "
                        + duck(items)
                        + " FROM m"
                        + where.duck()
                        + " ORDER BY "
                        + noOrdinal(first.duck())
                        + order,
                true);
    }

    private static String noOrdinal(String expression) {
        return expression.matches("-?\\d+") ? "i" : expression;
    }

    private Query distinct() {
        var items = new ArrayList<Sql>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            items.add(random.nextBoolean() ? expressions.text(1) : key());
        }
        Sql where = random.nextBoolean() ? where() : whereOfSeries();
        return new Query(
                "SELECT DISTINCT " + ours(items) + " FROM m" + where.ours(),
                "SELECT DISTINCT " + duck(items) + " FROM m" + where.duck(),
                false);
    }

    private Sql key() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> expressions.bucket();
            case 2 -> Sql.same("region", ColumnType.STRING);
            case 3 -> Sql.same("host", ColumnType.STRING);
            case 4 -> Sql.same("(j + 1)", ColumnType.INT64);
            default -> expressions.text(1);
        };
    }

    private Query latest() {
        String tags = List.of("host", "region", "host, region", "slot").get(random.nextInt(4));
        List<Sql> items = items();
        Sql where = where();
        return new Query(
                "SELECT " + ours(items) + " FROM m" + where.ours() + " LATEST BY " + tags,
                "SELECT "
                        + duck(items)
                        + " FROM m"
                        + where.duck()
                        + " QUALIFY row_number() OVER (PARTITION BY "
                        + tags
                        + " ORDER BY time DESC, series_hash DESC) = 1",
                false);
    }

    private Query groups() {
        var keys = new ArrayList<Sql>();
        int keyCount = random.nextInt(4);
        for (int i = 0; i < keyCount; i++) {
            keys.add(key());
        }
        var items = new ArrayList<Sql>(keys);
        int aggregateCount = 1 + random.nextInt(4);
        for (int i = 0; i < aggregateCount; i++) {
            items.add(expressions.aggregate());
        }
        Sql where = random.nextInt(3) == 0 ? whereOfSeries() : where();
        Sql having = having();
        String by = keys.isEmpty() ? "" : " GROUP BY ";
        return new Query(
                "SELECT "
                        + ours(items)
                        + " FROM m"
                        + where.ours()
                        + by
                        + ours(keys)
                        + having.ours(),
                "SELECT "
                        + duck(items)
                        + " FROM m"
                        + where.duck()
                        + by
                        + duck(keys)
                        + having.duck(),
                false);
    }

    /// Conditions over groups: of aggregates, some null, alone or together.
    private Sql having() {
        if (random.nextInt(3) > 0) {
            return Sql.same("", ColumnType.BOOL);
        }
        Sql aggregate = expressions.aggregate();
        String test =
                switch (aggregate.type()) {
                    case INT64, UINT64, FLOAT64 ->
                            List.of(" > 3", " <= 0", " IS NULL", " NOT IN (1, NULL)")
                                    .get(random.nextInt(4));
                    case STRING -> random.nextBoolean() ? " < 'k'" : " IS NOT NULL";
                    case BOOL -> random.nextBoolean() ? " = TRUE" : " IS NULL";
                    case TIMESTAMP -> " IS NOT NULL";
                };
        String more = List.of("", " OR count(*) > 20", " AND count(j) > 2").get(random.nextInt(3));
        boolean negated = random.nextInt(4) == 0;
        String open = negated ? " HAVING NOT (" : " HAVING (";
        return new Sql(
                open + aggregate.ours() + test + more + ")",
                open + aggregate.duck() + test + more + ")",
                ColumnType.BOOL);
    }

    /// Groups in an order that is theirs alone, cut at both ends.
    private Query orderedGroups() {
        Sql key = key();
        Sql aggregate = expressions.aggregate();
        Sql where = random.nextBoolean() ? whereOfSeries() : where();
        Sql having = having();
        String order =
                direction()
                        + ", 1"
                        + direction()
                        + (random.nextInt(3) > 0 ? " LIMIT " + random.nextInt(12) : "")
                        + (random.nextInt(3) == 0 ? " OFFSET " + random.nextInt(6) : "");
        // a float64 could order groups by its last digits
        String by = aggregate.type() == ColumnType.FLOAT64 ? "count(*)" : "2";
        return new Query(
                "SELECT "
                        + key.ours()
                        + ", "
                        + aggregate.ours()
                        + " FROM m"
                        + where.ours()
                        + " GROUP BY 1"
                        + having.ours()
                        + " ORDER BY "
                        + by
                        + order,
                "SELECT "
                        + key.duck()
                        + ", "
                        + aggregate.duck()
                        + " FROM m"
                        + where.duck()
                        + " GROUP BY 1"
                        + having.duck()
                        + " ORDER BY "
                        + by
                        + order,
                true);
    }

    private String direction() {
        return (random.nextBoolean() ? " DESC" : "")
                + List.of(" NULLS FIRST", " NULLS LAST").get(random.nextInt(2));
    }

    private Query orderedDistinct() {
        Sql item = random.nextBoolean() ? expressions.text(1) : key();
        Sql where = random.nextBoolean() ? where() : whereOfSeries();
        String order =
                " ORDER BY 1"
                        + direction()
                        + (random.nextBoolean() ? " LIMIT " + random.nextInt(10) : "")
                        + (random.nextInt(3) == 0 ? " OFFSET " + random.nextInt(4) : "");
        return new Query(
                "SELECT DISTINCT " + item.ours() + " FROM m" + where.ours() + order,
                "SELECT DISTINCT " + item.duck() + " FROM m" + where.duck() + order,
                true);
    }

    /// Whole numbers that may pass 64 bits: then both refuse.
    private Query largeNumbers() {
        Sql large =
                switch (random.nextInt(5)) {
                    case 0 -> Sql.same("i * 99999999999999999", ColumnType.INT64);
                    case 1 -> Sql.same("i + 9223372036854775000", ColumnType.INT64);
                    case 2 -> Sql.same("j - 9223372036854775806", ColumnType.INT64);
                    case 3 -> Sql.same("sum(i * 1000000000000000)", ColumnType.INT64);
                    default -> Sql.same("sum(j + 9223372036854770000)", ColumnType.INT64);
                };
        Sql where = where();
        return new Query(
                "SELECT " + large.ours() + " FROM m" + where.ours(),
                "SELECT " + large.duck() + " FROM m" + where.duck(),
                false);
    }

    private Query newestBuckets() {
        Sql bucket = expressions.bucket();
        Sql aggregate = expressions.aggregate();
        Sql where = whereOfSeries();
        // a bucket of another width beside the one that is sorted by, before or behind it
        Sql other =
                random.nextInt(3) == 0 ? expressions.bucket() : Sql.same("host", ColumnType.STRING);
        boolean sortsFirst = random.nextBoolean();
        Sql first = sortsFirst ? bucket : other;
        Sql second = sortsFirst ? other : bucket;
        String order =
                (sortsFirst ? "1" : "2")
                        + (random.nextBoolean() ? " DESC" : "")
                        + (sortsFirst ? ", 2" : ", 1")
                        + " LIMIT "
                        + (1 + random.nextInt(6))
                        + (random.nextInt(3) == 0 ? " OFFSET 2" : "");
        return new Query(
                "SELECT "
                        + first.ours()
                        + ", "
                        + second.ours()
                        + ", "
                        + aggregate.ours()
                        + " FROM m"
                        + where.ours()
                        + " GROUP BY 1, 2 ORDER BY "
                        + order,
                "SELECT "
                        + first.duck()
                        + ", "
                        + second.duck()
                        + ", "
                        + aggregate.duck()
                        + " FROM m"
                        + where.duck()
                        + " GROUP BY 1, 2 ORDER BY "
                        + order,
                true);
    }

    private Query newestValues() {
        String keys = List.of("host", "region", "host, slot").get(random.nextInt(3));
        Sql where = random.nextBoolean() ? whereOfSeries() : where();
        return new Query(
                "SELECT "
                        + keys
                        + ", last(i), last(f), last(s), max(time) FROM m"
                        + where.ours()
                        + " GROUP BY "
                        + keys,
                "SELECT "
                        + keys
                        + ", last(i ORDER BY time, i) FILTER (WHERE i IS NOT NULL),"
                        + " last(f ORDER BY time, f) FILTER (WHERE f IS NOT NULL),"
                        + " last(s ORDER BY time, s) FILTER (WHERE s IS NOT NULL), max(time) FROM m"
                        + where.duck()
                        + " GROUP BY "
                        + keys,
                false);
    }
}
