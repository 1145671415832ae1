package io.tsdb.query.oracle;

import static io.tsdb.query.column.ColumnType.BOOL;
import static io.tsdb.query.column.ColumnType.FLOAT64;
import static io.tsdb.query.column.ColumnType.INT64;
import static io.tsdb.query.column.ColumnType.STRING;
import static io.tsdb.query.column.ColumnType.TIMESTAMP;

import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.column.ColumnType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Random expressions over the columns of [OracleData].
final class OracleExpressions {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final Random random;

    OracleExpressions(Random random) {
        this.random = random;
    }

    private Sql binary(Sql a, String operator, Sql b, ColumnType type) {
        return new Sql(
                "(" + a.ours() + " " + operator + " " + b.ours() + ")",
                "(" + a.duck() + " " + operator + " " + b.duck() + ")",
                type);
    }

    private Sql call(String name, ColumnType type, Sql... arguments) {
        var ours = new ArrayList<String>();
        var duck = new ArrayList<String>();
        for (Sql argument : arguments) {
            ours.add(argument.ours());
            duck.add(argument.duck());
        }
        return new Sql(
                name + "(" + String.join(", ", ours) + ")",
                name + "(" + String.join(", ", duck) + ")",
                type);
    }

    Sql integer(int depth) {
        return switch (random.nextInt(depth <= 0 ? 3 : 16)) {
            case 14 -> choice(depth, INT64);
            case 15 -> {
                Sql text = text(0);
                yield new Sql(
                        "TRY_CAST(" + text.ours() + " AS int64)",
                        "TRY_CAST(" + text.duck() + " AS BIGINT)",
                        INT64);
            }
            case 0 -> Sql.same("i", INT64);
            case 1 -> Sql.same("j", INT64);
            case 2 -> Sql.same(Integer.toString(random.nextInt(50) - 10), INT64);
            case 3 -> binary(integer(depth - 1), "+", integer(depth - 1), INT64);
            case 4 -> binary(integer(depth - 1), "-", integer(depth - 1), INT64);
            case 5 -> binary(integer(0), "*", Sql.same("3", INT64), INT64);
            case 6 -> binary(integer(depth - 1), "%", integer(0), INT64);
            case 7 -> binary(integer(depth - 1), "//", integer(0), INT64);
            case 8 -> call("abs", INT64, integer(depth - 1));
            case 9 -> call("coalesce", INT64, Sql.same("j", INT64), integer(depth - 1));
            case 10 -> call("length", INT64, text(depth - 1));
            case 11 -> cast(random.nextBoolean() ? real(0) : Sql.same("o", BOOL), "int64", INT64);
            case 12 -> call("least", INT64, integer(0), integer(0), integer(depth - 1));
            default -> call("nullif", INT64, integer(depth - 1), integer(0));
        };
    }

    Sql real(int depth) {
        return switch (random.nextInt(depth <= 0 ? 3 : 16)) {
            case 15 -> choice(depth, FLOAT64);
            case 0 -> Sql.same("f", FLOAT64);
            case 1 -> Sql.same("g", FLOAT64);
            case 2 -> {
                double value = random.nextInt(400) / 16.0;
                yield new Sql(Double.toString(value), value + "::DOUBLE", FLOAT64);
            }
            case 3 -> binary(real(depth - 1), "+", real(depth - 1), FLOAT64);
            case 4 -> binary(real(depth - 1), "*", real(0), FLOAT64);
            case 5 -> binary(integer(0), "/", integer(0), FLOAT64);
            case 6 -> call("floor", FLOAT64, real(depth - 1));
            case 7 -> call("round", FLOAT64, Sql.same("f", FLOAT64));
            case 8 -> call("sqrt", FLOAT64, call("abs", FLOAT64, real(depth - 1)));
            case 9 -> call("ceil", FLOAT64, real(depth - 1));
            case 10 -> call("round", FLOAT64, Sql.same("g", FLOAT64), Sql.same("2", INT64));
            case 11 -> cast(integer(depth - 1), "float64", FLOAT64);
            case 12 -> binary(real(depth - 1), "-", integer(0), FLOAT64);
            case 13 -> call("nullif", FLOAT64, Sql.same("f", FLOAT64), real(0));
            default -> call(random.nextBoolean() ? "greatest" : "least", FLOAT64, real(0), real(0));
        };
    }

    Sql text(int depth) {
        return switch (random.nextInt(depth <= 0 ? 4 : 12)) {
            case 11 -> choice(depth, STRING);
            case 0 -> Sql.same("host", STRING);
            case 1 -> Sql.same("region", STRING);
            case 2 -> Sql.same("slot", STRING);
            case 3 -> Sql.same("s", STRING);
            case 4 -> call("lower", STRING, text(0));
            case 5 -> binary(text(0), "||", text(0), STRING);
            case 6 -> call("upper", STRING, text(0));
            case 7 -> cast(integer(0), "string", STRING);
            case 8 -> call("nullif", STRING, text(0), Sql.same("'" + word() + "'", STRING));
            case 9 -> call("greatest", STRING, text(0), text(0));
            default -> call("coalesce", STRING, text(0), Sql.same("'none'", STRING));
        };
    }

    private Sql choice(int depth, ColumnType type) {
        var ours = new StringBuilder("CASE");
        var duck = new StringBuilder("CASE");
        int branches = 1 + random.nextInt(3);
        for (int i = 0; i < branches; i++) {
            Sql when = condition(depth - 1);
            Sql then = value(depth - 1, type);
            ours.append(" WHEN ").append(when.ours()).append(" THEN ").append(then.ours());
            duck.append(" WHEN ").append(when.duck()).append(" THEN ").append(then.duck());
        }
        if (random.nextBoolean()) {
            Sql otherwise = value(depth - 1, type);
            ours.append(" ELSE ").append(otherwise.ours());
            duck.append(" ELSE ").append(otherwise.duck());
        }
        return new Sql(ours.append(" END").toString(), duck.append(" END").toString(), type);
    }

    private Sql value(int depth, ColumnType type) {
        return switch (type) {
            case INT64, UINT64, TIMESTAMP -> integer(depth);
            case FLOAT64 -> real(depth);
            case STRING -> text(depth);
            case BOOL -> condition(depth);
        };
    }

    private static Sql cast(Sql operand, String type, ColumnType to) {
        String duck = Map.of("int64", "BIGINT", "float64", "DOUBLE", "string", "VARCHAR").get(type);
        return new Sql(
                "CAST(" + operand.ours() + " AS " + type + ")",
                "CAST(" + operand.duck() + " AS " + duck + ")",
                to);
    }

    Sql condition(int depth) {
        return switch (random.nextInt(depth <= 0 ? 11 : 18)) {
            case 0 -> binary(integer(1), comparison(), integer(0), BOOL);
            case 1 -> binary(real(1), comparison(), real(0), BOOL);
            case 2 -> binary(text(0), comparison(), Sql.same("'" + word() + "'", STRING), BOOL);
            case 3 -> suffix(tagCondition(), "");
            case 4 -> suffix(random.nextBoolean() ? integer(0) : text(0), nullTest());
            case 5 ->
                    suffix(integer(0), random.nextBoolean() ? " IN (1, 2, 30)" : " NOT IN (0, 5)");
            case 6 -> suffix(integer(1), " BETWEEN -5 AND 20");
            case 7 -> like();
            case 8 -> Sql.same("o", BOOL);
            case 9 -> suffix(text(0), nullIn());
            case 10 ->
                    suffix(integer(0), random.nextBoolean() ? " IN (1, NULL)" : " NOT IN (3, j)");
            case 11 -> not(condition(depth - 1));
            case 12 -> binary(condition(depth - 1), "OR", condition(depth - 1), BOOL);
            case 13 -> regex();
            case 14 -> suffix(condition(depth - 1), nullTest());
            case 15 -> binary(condition(depth - 1), comparison(), condition(0), BOOL);
            case 16 -> suffix(real(0), " NOT BETWEEN 0 AND i");
            default -> binary(condition(depth - 1), "AND", condition(depth - 1), BOOL);
        };
    }

    private Sql not(Sql condition) {
        return new Sql("NOT (" + condition.ours() + ")", "NOT (" + condition.duck() + ")", BOOL);
    }

    private Sql suffix(Sql subject, String suffix) {
        return new Sql(
                "(" + subject.ours() + suffix + ")", "(" + subject.duck() + suffix + ")", BOOL);
    }

    /// DuckDB has no escape unless one is named.
    private Sql like() {
        String pattern =
                List.of(
                                "h%",
                                "%a_", "%", "", "_", "a_b", "%it''s", "H_user", "%😀%", "%\\t%",
                                "__%", "a\\_b", "h\\%%", "%\\_%", "o_", "n%")
                        .get(random.nextInt(16));
        String operator =
                (random.nextBoolean() ? " NOT" : "")
                        + (random.nextBoolean() ? " LIKE '" : " ILIKE '");
        Sql text = text(0);
        boolean other = random.nextInt(3) == 0;
        String named = pattern.replace("\\", "!") + "' ESCAPE '!'";
        return new Sql(
                "(" + text.ours() + operator + (other ? named : pattern + "'") + ")",
                "(" + text.duck() + operator + pattern + "' ESCAPE '\\')",
                BOOL);
    }

    private String nullIn() {
        return List.of(
                        " IN ('ok', NULL)",
                        " NOT IN ('h1', '')",
                        " NOT IN ('ok', NULL)",
                        " IN (region, 'h2')")
                .get(random.nextInt(4));
    }

    private String nullTest() {
        return random.nextBoolean() ? " IS NULL" : " IS NOT NULL";
    }

    private String comparison() {
        return List.of("=", "!=", "<", "<=", ">", ">=").get(random.nextInt(6));
    }

    private String word() {
        return List.of("h1", "eu", "s1", "ok", "fail: it''s", "Häuser").get(random.nextInt(6));
    }

    private Sql regex() {
        String tag = random.nextBoolean() ? "host" : "s";
        String pattern =
                List.of(
                                "^h[0-3]$",
                                "a|e",
                                "^$",
                                "[^a-z]",
                                "(?i)OK",
                                "it.s$",
                                "\\s",
                                "^[[:upper:]]+$",
                                "é|ï")
                        .get(random.nextInt(9));
        return new Sql(
                "(" + tag + " ~ '" + pattern + "')",
                "regexp_matches(" + tag + ", '" + pattern + "')",
                BOOL);
    }

    /// A condition that reads tags alone.
    Sql tagCondition() {
        return switch (random.nextInt(7)) {
            case 0 -> Sql.same("host = 'h" + random.nextInt(6) + "'", BOOL);
            case 1 -> Sql.same("host IN ('h1', 'h3', 'nowhere')", BOOL);
            case 2 -> Sql.same("region != 'eu'", BOOL);
            case 3 -> Sql.same("region IS NULL", BOOL);
            case 4 -> Sql.same("(host = 'h2' OR region = 'us')", BOOL);
            case 5 -> Sql.same("host NOT IN ('h0', 'h1')", BOOL);
            default -> Sql.same("(lower(host) < 'h3' AND NOT (region = 'ap'))", BOOL);
        };
    }

    /// A range of time, open on one side now and then; none at times.
    Sql timeRange() {
        long from = OracleData.START + (long) (random.nextDouble() * 400) * MINUTE;
        long to = from + (long) (random.nextDouble() * 300) * MINUTE;
        return switch (random.nextInt(5)) {
            case 0 -> range("time >= ", from);
            case 1 -> range("time < ", to);
            case 2 ->
                    new Sql(
                            "time BETWEEN " + text(from) + " AND " + text(to),
                            "time BETWEEN " + from + " AND " + to,
                            BOOL);
            default -> {
                Sql a = range("time >= ", from);
                Sql b = range("time < ", to);
                yield new Sql(a.ours() + " AND " + b.ours(), a.duck() + " AND " + b.duck(), BOOL);
            }
        };
    }

    private Sql range(String prefix, long time) {
        String ours = random.nextBoolean() ? "CAST(" + time + " AS timestamp)" : text(time);
        return new Sql(prefix + ours, prefix + time, BOOL);
    }

    private static String text(long time) {
        return "'" + ExpressionText.time(time) + "'";
    }

    Sql bucket() {
        long origin = 946_857_600_000_000_000L;
        int minutes = List.of(1, 5, 7, 60, 1440).get(random.nextInt(5));
        return switch (random.nextInt(7)) {
            case 0 ->
                    new Sql(
                            "time_bucket('1mo', time)",
                            "epoch_ns(time_bucket(INTERVAL '1 month', make_timestamp_ns(time)))",
                            TIMESTAMP);
            case 1 ->
                    new Sql(
                            "time_bucket('" + minutes + "m', time, '1970-01-01T00:00:30Z')",
                            "bucket(time, " + minutes * MINUTE + ", 30000000000)",
                            TIMESTAMP);
            case 2 ->
                    new Sql(
                            "time_bucket('3 months', time)",
                            "epoch_ns(time_bucket(INTERVAL '3 months', make_timestamp_ns(time)))",
                            TIMESTAMP);
            case 3 -> {
                // widths that divide no day, down to one nanosecond
                long nanos =
                        List.of(1L, 13 * SECOND, 1_234_567_891L, 90 * SECOND, 11 * 1440 * MINUTE)
                                .get(random.nextInt(5));
                yield new Sql(
                        "time_bucket('" + nanos + "ns', time)",
                        "bucket(time, " + nanos + ", " + origin + ")",
                        TIMESTAMP);
            }
            case 4 ->
                    new Sql(
                            "time_bucket(1w, time, '1969-12-31T23:45:00Z')",
                            "bucket(time, " + 7 * 1440 * MINUTE + ", -900000000000)",
                            TIMESTAMP);
            default ->
                    new Sql(
                            "time_bucket('" + minutes + "m', time)",
                            "bucket(time, " + minutes * MINUTE + ", " + origin + ")",
                            TIMESTAMP);
        };
    }

    Sql aggregate() {
        return switch (random.nextInt(14)) {
            case 0 -> Sql.same("count(*)", INT64);
            case 1 -> call("count", INT64, random.nextBoolean() ? integer(0) : text(0));
            case 2 -> call("sum", INT64, integer(1));
            case 3 -> call("sum", FLOAT64, real(1));
            case 4 -> call("avg", FLOAT64, random.nextBoolean() ? integer(0) : real(0));
            case 5 -> call("min", INT64, integer(1));
            case 6 -> call("max", FLOAT64, real(0));
            case 7 -> call(random.nextBoolean() ? "min" : "max", STRING, text(0));
            case 8 -> edge("first");
            case 9 -> edge("last");
            case 10 ->
                    call(
                            "stddev",
                            FLOAT64,
                            random.nextBoolean() ? integer(0) : Sql.same("f", FLOAT64));
            case 11 -> call(random.nextBoolean() ? "min" : "max", BOOL, Sql.same("o", BOOL));
            case 12 -> call("count", INT64, condition(1));
            default -> {
                String tag =
                        List.of("host", "region", "slot", "j", "o", "s", "f")
                                .get(random.nextInt(7));
                yield Sql.same("count(DISTINCT " + tag + ")", INT64);
            }
        };
    }

    private Sql edge(String name) {
        Sql value =
                List.of(
                                Sql.same("i", INT64),
                                Sql.same("f", FLOAT64),
                                Sql.same("s", STRING),
                                Sql.same("o", BOOL),
                                Sql.same("(i + 1)", INT64))
                        .get(random.nextInt(5));
        return new Sql(
                name + "(" + value.ours() + ")",
                name
                        + "("
                        + value.duck()
                        + " ORDER BY time, "
                        + value.duck()
                        + ") FILTER (WHERE "
                        + value.duck()
                        + " IS NOT NULL)",
                value.type());
    }
}
