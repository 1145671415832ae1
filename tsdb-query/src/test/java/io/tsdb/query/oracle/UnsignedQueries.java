package io.tsdb.query.oracle;

import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.List;
import java.util.Random;

/// Random queries about the uint64 field `u`, in both dialects.
final class UnsignedQueries {
    private static final List<String> CONSTANTS =
            List.of(
                    "0",
                    "1",
                    "7",
                    "49",
                    "9223372036854775807",
                    "9223372036854775808",
                    "18446744073709551614",
                    "18446744073709551615");

    private final Random random;

    UnsignedQueries(Random random) {
        this.random = random;
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String constant() {
        return one(CONSTANTS.toArray(String[]::new));
    }

    private Query same(String text) {
        // DuckDB takes a constant for its narrowest type
        String duck =
                text.replaceAll("#([0-9]+)", "$1::UBIGINT")
                        .replace("uint64", "UBIGINT")
                        .replace("int64", "BIGINT")
                        .replace("float64", "DOUBLE");
        return new Query(text.replace("#", ""), duck, false, true);
    }

    private String where() {
        return switch (random.nextInt(7)) {
            case 0 -> "";
            case 1 -> " WHERE u IN (#" + constant() + ", #" + constant() + ", #3)";
            case 2 -> " WHERE u BETWEEN #" + constant() + " AND #" + constant();
            case 3 -> " WHERE u NOT IN (#0, #" + constant() + ")";
            case 4 -> " WHERE u IS NOT NULL AND host = 'h1'";
            default -> " WHERE u " + one("<", "<=", "=", "<>", ">=", ">") + " #" + constant();
        };
    }

    private String value() {
        String small = "(u % #50)";
        return switch (random.nextInt(9)) {
            case 0 -> "u + #" + constant();
            case 1 -> "u - #" + constant();
            case 2 -> "u * #" + one("0", "1", "2", "3", "9223372036854775808");
            case 3 -> "u " + one("//", "%") + " #" + constant();
            case 4 -> "CAST(u AS " + one("int64", "float64", "uint64") + ")";
            case 5 -> "CASE WHEN u > #" + constant() + " THEN u ELSE #5 END";
            case 6 -> one("greatest", "least", "coalesce") + "(u, #" + constant() + ")";
            case 7 -> small + " * " + small + " + #1";
            default -> "CAST(" + one("i", "j", "f") + " AS uint64)";
        };
    }

    Query next() {
        return switch (random.nextInt(5)) {
            case 0 -> same("SELECT time, host, u FROM m" + where());
            case 1 -> same("SELECT time, " + value() + " AS x FROM m" + where());
            case 2 ->
                    same(
                            "SELECT host, count(u), min(u), max(u), avg(u) FROM m"
                                    + where()
                                    + " GROUP BY host");
            case 3 ->
                    same(
                            "SELECT sum(u), "
                                    + one("count(DISTINCT u)", "stddev(u)", "avg(u)", "max(u)")
                                    + " FROM m"
                                    + where());
            default -> same("SELECT u % #7 AS k, count(*), sum(u // #100) FROM m GROUP BY u % #7");
        };
    }
}
