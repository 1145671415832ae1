package io.tsdb.query.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/// Random expressions, deep, over columns `i j f g o s` and constants at the ends of their types;
/// in words that mean the same here and in DuckDB.
final class ExtremeExpressions {
    static final List<String> WHOLES =
            List.of(
                    "CAST(0 AS BIGINT)",
                    "CAST(1 AS BIGINT)",
                    "CAST(-1 AS BIGINT)",
                    "CAST(2 AS BIGINT)",
                    "CAST(7 AS BIGINT)",
                    "CAST(10 AS BIGINT)",
                    "9223372036854775807",
                    "-9223372036854775807",
                    "(-9223372036854775807 - 1)",
                    "4611686018427387904",
                    "9007199254740993",
                    "4294967296");

    static final List<String> REALS =
            List.of(
                    "0.0e0",
                    "-0.0e0",
                    "1.0e0",
                    "0.1e0",
                    "-2.5e0",
                    "1e308",
                    "-1.7976931348623157e308",
                    "4.9e-324",
                    "2.2250738585072014e-308",
                    "1e15",
                    "9007199254740993e0",
                    "9223372036854775807e0",
                    "1e-9");

    static final List<String> TEXTS =
            List.of(
                    "''",
                    "'a'",
                    "'ab'",
                    "'12'",
                    "'-5'",
                    "'x%y'",
                    "'_'",
                    "'ü'",
                    "'9223372036854775807'");

    private static final int LIST_MAX = 40;

    private final Random random;

    /// Whether an expression guards others: whether it is an error may differ then.
    private boolean guards;

    ExtremeExpressions(Random random) {
        this.random = random;
    }

    /// Whether it may be an error here and none in DuckDB, or the other way around.
    boolean guards() {
        return guards;
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private String list(Supplier<String> element, int countMax) {
        var elements = new ArrayList<String>();
        for (int i = 1 + random.nextInt(countMax); i > 0; i--) {
            elements.add(element.get());
        }
        return String.join(", ", elements);
    }

    String whole(int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return random.nextBoolean() ? one(List.of("i", "j")) : one(WHOLES);
        }
        int below = depth - 1;
        return switch (random.nextInt(13)) {
            case 0, 1 -> "(" + whole(below) + " + " + whole(below) + ")";
            case 2 -> "(" + whole(below) + " - " + whole(below) + ")";
            case 3 -> "(" + whole(below) + " * " + whole(below) + ")";
            case 4 -> mayBeNull("(" + whole(below) + " // " + whole(below) + ")");
            case 5 -> mayBeNull("(" + whole(below) + " % " + whole(below) + ")");
            case 6 -> "abs(" + whole(below) + ")";
            case 7 -> "CAST(" + real(below) + " AS BIGINT)";
            case 8 -> mayBeNull("nullif(" + whole(below) + ", " + whole(below) + ")");
            case 9 -> guard("coalesce(" + list(() -> whole(below), 3) + ")");
            case 10 -> "greatest(" + list(() -> whole(below), 3) + ")";
            case 11 -> "least(" + list(() -> whole(below), 3) + ")";
            default -> guard(ofCase(below, () -> whole(below)));
        };
    }

    String real(int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return random.nextBoolean() ? one(List.of("f", "g")) : one(REALS);
        }
        int below = depth - 1;
        return switch (random.nextInt(12)) {
            case 0, 1 -> "(" + real(below) + " + " + real(below) + ")";
            case 2 -> "(" + real(below) + " - " + real(below) + ")";
            case 3 -> "(" + real(below) + " * " + real(below) + ")";
            case 4 -> mayBeNull("(" + real(below) + " / nullif(" + real(below) + ", 0.0e0))");
            case 5 -> "abs(" + real(below) + ")";
            case 6 -> "CAST(" + whole(below) + " AS DOUBLE)";
            case 7 -> "floor(" + real(below) + ")";
            case 8 -> "ceil(" + real(below) + ")";
            case 9 -> "(" + whole(below) + " * " + real(below) + ")";
            case 10 -> guard("coalesce(" + list(() -> real(below), 3) + ")");
            default -> guard(ofCase(below, () -> real(below)));
        };
    }

    String text(int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return random.nextBoolean() ? "s" : one(TEXTS);
        }
        int below = depth - 1;
        return switch (random.nextInt(5)) {
            case 0 -> "(" + text(below) + " || " + text(below) + ")";
            case 1 -> "CAST(" + whole(below) + " AS VARCHAR)";
            case 2 -> mayBeNull("nullif(" + text(below) + ", " + text(below) + ")");
            case 3 -> guard("coalesce(" + text(below) + ", " + text(below) + ")");
            default -> guard(ofCase(below, () -> text(below)));
        };
    }

    String condition(int depth) {
        int below = Math.max(0, depth - 1);
        return switch (random.nextInt(depth == 0 ? 9 : 16)) {
            case 0 -> "(" + whole(below) + comparison() + whole(below) + ")";
            case 1 -> "(" + real(below) + comparison() + real(below) + ")";
            case 2 -> "(" + whole(below) + comparison() + real(below) + ")";
            case 3 -> "(" + text(below) + comparison() + text(below) + ")";
            case 4 ->
                    "(" + whole(below) + not() + " IN (" + list(() -> one(WHOLES), LIST_MAX) + "))";
            case 5 -> "(" + text(below) + not() + " IN (" + list(() -> one(TEXTS), LIST_MAX) + "))";
            case 6 ->
                    "("
                            + real(below)
                            + not()
                            + " BETWEEN "
                            + real(below)
                            + " AND "
                            + real(below)
                            + ")";
            case 7 ->
                    "("
                            + text(below)
                            + not()
                            + " LIKE "
                            + one(List.of("'%'", "'a%'", "'%\\_'", "'_'", "''", "'1_'"))
                            + " ESCAPE '\\')";
            case 8 -> "(" + one(List.of("i", "f", "s", "o")) + " IS" + not() + " NULL)";
            case 9 -> "(NOT " + condition(below) + ")";
            case 10, 11 -> guard("(" + joined(" AND ", below) + ")");
            case 12, 13 -> guard("(" + joined(" OR ", below) + ")");
            case 14 ->
                    "("
                            + condition(below)
                            + " IS"
                            + not()
                            + " "
                            + (random.nextBoolean() ? "TRUE" : "FALSE")
                            + ")";
            default -> "(" + whole(below) + " IS" + not() + " DISTINCT FROM " + whole(below) + ")";
        };
    }

    /// Many on one column, as programs write them.
    String manyOrs() {
        var parts = new ArrayList<String>();
        for (int i = 2 + random.nextInt(300); i > 0; i--) {
            parts.add(
                    switch (random.nextInt(12)) {
                        case 0 -> "i" + comparison() + one(WHOLES);
                        case 1 -> "s = " + one(TEXTS);
                        case 2 -> "i IS NULL";
                        case 3 -> "j = " + one(WHOLES);
                        default -> "i = " + one(WHOLES);
                    });
        }
        return "(" + String.join(" OR ", parts) + ")";
    }

    private String joined(String word, int depth) {
        var parts = new ArrayList<String>();
        for (int i = 2 + random.nextInt(4); i > 0; i--) {
            parts.add(condition(depth));
        }
        return String.join(word, parts);
    }

    private String ofCase(int depth, Supplier<String> result) {
        var text = new StringBuilder("CASE");
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            text.append(" WHEN ").append(condition(depth)).append(" THEN ").append(result.get());
        }
        return text.append(random.nextBoolean() ? " ELSE " + result.get() : "")
                .append(" END")
                .toString();
    }

    private String guard(String expression) {
        guards = true;
        return expression;
    }

    /// DuckDB takes an operation with a constant that comes out as NULL for NULL, whatever its
    /// other operand is; and the lowest number % -1 is an error there, 0 here.
    private String mayBeNull(String expression) {
        guards = true;
        return expression;
    }

    private String not() {
        return random.nextInt(3) == 0 ? " NOT" : "";
    }

    private String comparison() {
        return one(List.of(" = ", " <> ", " < ", " <= ", " > ", " >= "));
    }
}
