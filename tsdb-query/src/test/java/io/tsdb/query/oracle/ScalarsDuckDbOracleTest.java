package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.Session;
import io.tsdb.query.exec.TestEngines;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;

import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/// Functions of texts, each on random texts and numbers, as DuckDB computes them.
class ScalarsDuckDbOracleTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);
    private static final int CASES = 400;
    private static final String[] PIECES = {"a", "b", "ab", " ", "-", "ü", "", "x-"};

    private final Random random = new Random(SEED);

    private String text(int pieces) {
        var text = new StringBuilder("'");
        for (int i = random.nextInt(pieces + 1); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.append("'").toString();
    }

    private String part() {
        return "'" + PIECES[random.nextInt(PIECES.length - 2)] + "'";
    }

    private String call() {
        int number = random.nextInt(12);
        return switch (random.nextInt(15)) {
            case 0 -> "left(" + text(6) + ", " + (number - 4) + ")";
            case 1 -> "right(" + text(6) + ", " + (number - 4) + ")";
            case 2 -> "lpad(" + text(6) + ", " + number + ", " + part() + ")";
            case 3 -> "rpad(" + text(6) + ", " + number + ", " + part() + ")";
            case 4 -> "repeat(" + text(3) + ", " + number + ")";
            case 5 -> "replace(" + text(8) + ", " + part() + ", " + text(2) + ")";
            case 6 -> "split_part(" + text(8) + ", " + part() + ", " + (1 + number % 5) + ")";
            case 7 -> "CAST(strpos(" + text(8) + ", " + part() + ") AS string)";
            case 8 -> "CAST(starts_with(" + text(4) + ", " + part() + ") AS string)";
            case 9 -> "substring(" + text(8) + ", " + (1 + number % 6) + ", " + number + ")";
            case 10 -> "trim(" + text(6) + ")";
            case 11 -> "trim(" + text(6) + ", " + text(2) + ")";
            case 12 -> "ltrim(" + text(6) + ", " + text(2) + ")";
            case 13 -> "rtrim(" + text(6) + ", " + text(2) + ")";
            default -> "reverse(" + text(6) + ")";
        };
    }

    @Test
    void textsAsDuckDbMakesThem() throws Exception {
        TestEngines.Setup setup = TestEngines.of(List.of(), 1, new Layout(1, 64, true));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            for (int i = 0; i < CASES; i++) {
                String sql = "SELECT " + call();
                try (ResultSet rows = statement.executeQuery(sql)) {
                    rows.next();
                    assertThat(ours(setup, sql))
                            .as("%s, seed %s", sql, SEED)
                            .isEqualTo(rows.getString(1));
                }
            }
        }
    }

    private static Object ours(TestEngines.Setup setup, String sql) throws Exception {
        return ResultRows.of(setup.engine().execute(sql, Session.of(TestEngines.DATABASE)))
                .getFirst()
                .getFirst();
    }
}
