package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.MemoryTarget;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Deep expressions over values at the ends of their types, to the bit as DuckDB computes them; an
/// error where DuckDB has one. Which operand of a guard is an error is not compared: DuckDB
/// evaluates them in an order of its own.
class ExtremesDuckDbOracleTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);
    private static final int ROWS = 300;
    private static final int QUERIES = Integer.getInteger("tsdb.queries", 1_000);
    private static final int DEPTH = 4;

    private final Random random = new Random(SEED);

    /// A value per column, or none.
    private record Row(long id, Map<String, Object> fields) {}

    private List<Row> rows(Statement duck) throws SQLException {
        duck.execute(
                "CREATE TABLE m (id BIGINT, k VARCHAR, i BIGINT, j BIGINT, f DOUBLE, g DOUBLE, o"
                        + " BOOLEAN, s VARCHAR)");
        var rows = new ArrayList<Row>();
        for (int id = 0; id < ROWS; id++) {
            var texts = new ArrayList<String>(List.of(String.valueOf(id), "'k" + id % 3 + "'"));
            for (List<String> choices :
                    List.of(
                            ExtremeExpressions.WHOLES,
                            ExtremeExpressions.WHOLES,
                            ExtremeExpressions.REALS,
                            ExtremeExpressions.REALS,
                            List.of("TRUE", "FALSE"),
                            ExtremeExpressions.TEXTS)) {
                texts.add(
                        random.nextInt(4) == 0
                                ? "NULL"
                                : choices.get(random.nextInt(choices.size())));
            }
            duck.execute("INSERT INTO m VALUES (" + String.join(", ", texts) + ")");
        }
        try (ResultSet result = duck.executeQuery("SELECT * FROM m ORDER BY id")) {
            while (result.next()) {
                var fields = new HashMap<String, Object>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    Object value = result.getObject(column);
                    if (value != null) {
                        fields.put(result.getMetaData().getColumnName(column), value);
                    }
                }
                rows.add(new Row(rows.size(), fields));
            }
        }
        return rows;
    }

    private static List<TestPoint> points(List<Row> rows) {
        var points = new ArrayList<TestPoint>();
        for (Row row : rows) {
            var fields = new HashMap<>(row.fields());
            String k = String.valueOf(fields.remove("k"));
            points.add(new TestPoint("m", Map.of("k", k), row.id() * 1_000, fields));
        }
        return points;
    }

    private String query(ExtremeExpressions expressions) {
        return switch (random.nextInt(8)) {
            case 0 -> "SELECT id, " + expressions.whole(DEPTH) + " FROM m ORDER BY id";
            case 1 -> "SELECT id, " + expressions.real(DEPTH) + " FROM m ORDER BY id";
            case 2 -> "SELECT id, " + expressions.text(DEPTH) + " FROM m ORDER BY id";
            case 3 -> "SELECT id, " + expressions.condition(DEPTH) + " FROM m ORDER BY id";
            case 4 -> "SELECT id FROM m WHERE " + expressions.manyOrs() + " ORDER BY id";
            case 5 ->
                    "SELECT k, count(*), min("
                            + expressions.whole(2)
                            + "), max("
                            + expressions.real(2)
                            + "), count(DISTINCT "
                            + expressions.real(1)
                            + ") FROM m WHERE "
                            + expressions.condition(2)
                            + " GROUP BY k ORDER BY k";
            case 6 ->
                    "SELECT x, count(*) FROM (SELECT "
                            + expressions.whole(2)
                            + " AS x FROM m) AS q GROUP BY x ORDER BY x NULLS LAST";
            default -> "SELECT id FROM m WHERE " + expressions.condition(DEPTH) + " ORDER BY id";
        };
    }

    @Test
    void expressionsAreWhatDuckDbMakesOfThem() throws SQLException {
        var whole = new MemoryTarget(1, new Layout(1, 1024, true));
        var cut = new MemoryTarget(3, new Layout(7, 40, false));
        int answered = 0;
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET ieee_floating_point_ops = true");
            // its optimizer makes 0 * x zero, whatever x is
            statement.execute("PRAGMA disable_optimizer");
            statement.execute("SET error_on_division_by_zero = false");
            List<TestPoint> points = points(rows(statement));
            whole.write(points);
            cut.write(points);
            for (int i = 0; i < QUERIES; i++) {
                var expressions = new ExtremeExpressions(random);
                String sql = query(expressions);
                String place = "seed " + SEED + ", query " + i + "\n" + sql;
                Optional<List<List<@Nullable Object>>> expected = duck(duck, sql, place);
                for (MemoryTarget target : List.of(whole, cut)) {
                    Optional<List<List<@Nullable Object>>> actual = ours(target, sql, place);
                    if (expected.isPresent() && actual.isPresent()) {
                        assertThat(actual.get()).as(place).isEqualTo(expected.get());
                        answered++;
                    } else if (!expressions.guards()) {
                        assertThat(actual.isPresent())
                                .as("an answer, as DuckDB has one: " + place)
                                .isEqualTo(expected.isPresent());
                    }
                }
            }
        }
        assertThat(answered).isGreaterThan(QUERIES / 2);
    }

    private static Optional<List<List<@Nullable Object>>> ours(
            MemoryTarget target, String sql, String place) {
        try (QueryResult result = target.execute(sql)) {
            return Optional.of(plain(ResultRows.of(result)));
        } catch (QueryException e) {
            if (e.code() == QueryErrorCode.OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw new AssertionError("refused: " + place, e);
        }
    }

    private static Optional<List<List<@Nullable Object>>> duck(
            Connection duck, String sql, String place) {
        var rows = new ArrayList<List<@Nullable Object>>();
        try (Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                var row = new ArrayList<@Nullable Object>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
        } catch (SQLException e) {
            String message = String.valueOf(e.getMessage());
            if (message.startsWith("Out of Range") || message.startsWith("Conversion Error")) {
                return Optional.empty();
            }
            throw new AssertionError("DuckDB refuses: " + place, e);
        }
        return Optional.of(plain(rows));
    }

    /// Numbers of one kind; zeros of both signs are one number, and have one group.
    private static List<List<@Nullable Object>> plain(List<List<@Nullable Object>> rows) {
        var plain = new ArrayList<List<@Nullable Object>>();
        for (List<@Nullable Object> row : rows) {
            var values = new ArrayList<@Nullable Object>();
            for (Object value : row) {
                values.add(
                        switch (value) {
                            case null -> null;
                            case Double zero when zero == 0 -> 0.0;
                            case Integer number -> number.longValue();
                            default -> value;
                        });
            }
            plain.add(values);
        }
        return plain;
    }
}
