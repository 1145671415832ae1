package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Judges a target: random points and queries from one seed give the rows that DuckDB gives.
///
/// Doubles may differ in their last digits, since sums are taken in another order.
public final class SqlOracle {
    private static final double TOLERANCE = 1e-9;

    private SqlOracle() {}

    /// @param queryCount how many queries to ask
    /// @return how many of the answers had rows
    public static int judge(long seed, int queryCount, OracleTarget target) throws SQLException {
        List<TestPoint> points = OracleData.points(seed);
        target.write(points);
        int withRows = 0;
        try (var table = new DuckDbTable(points)) {
            var queries = new OracleQueries(new Random(seed + 1));
            var unsigned = new UnsignedQueries(new Random(~seed));
            var fill = new OracleFillQueries(new Random(seed + 2));
            var times = new OracleTimeQueries(new Random(seed + 3));
            var aggregates = new OracleAggregateQueries(new Random(seed + 4));
            var windows = new OracleWindowQueries(new Random(seed + 6));
            var joins = new OracleJoinQueries(new Random(seed + 5));
            for (int i = 0; i < queryCount; i++) {
                OracleQueries.Query query =
                        switch (i % 8) {
                            case 7 -> unsigned.next();
                            case 3 -> fill.next();
                            case 5 -> times.next();
                            case 1 -> aggregates.next();
                            case 2 -> joins.next();
                            case 6 -> windows.next();
                            default -> queries.next();
                        };
                String place =
                        "seed " + seed + ", query " + i + "\n" + query.ours() + "\n" + query.duck();
                Optional<List<List<@Nullable Object>>> expected = expected(table, query, place);
                Optional<List<List<@Nullable Object>>> actual = actual(target, query, place);
                assertThat(actual.isEmpty())
                        .as("out of range, as DuckDB says: " + place)
                        .isEqualTo(expected.isEmpty());
                if (expected.isEmpty() || actual.isEmpty()) {
                    continue;
                }
                compare(actual.get(), expected.get(), query.isOrdered(), place);
                withRows += expected.get().isEmpty() ? 0 : 1;
            }
        }
        return withRows;
    }

    /// Rows, or empty when a value passes its range.
    private static Optional<List<List<@Nullable Object>>> expected(
            DuckDbTable table, OracleQueries.Query query, String place) {
        try {
            return Optional.of(table.rows(query.duck(), query.isUnsigned()));
        } catch (ArithmeticException _) {
            // a sum, which DuckDB keeps in 128 bits
            return Optional.empty();
        } catch (SQLException e) {
            String message = String.valueOf(e.getMessage());
            boolean noCast = query.isUnsigned() && message.startsWith("Conversion Error");
            if (noCast || message.startsWith("Out of Range")) {
                return Optional.empty();
            }
            throw new AssertionError("DuckDB refuses: " + place, e);
        }
    }

    /// Rows, or empty when a value passes its range.
    private static Optional<List<List<@Nullable Object>>> actual(
            OracleTarget target, OracleQueries.Query query, String place) {
        try {
            return Optional.of(ResultRows.of(target.execute(query.ours())));
        } catch (QueryException e) {
            if (e.code() == QueryErrorCode.OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw new AssertionError("refused: " + place, e);
        }
    }

    private static void compare(
            List<List<@Nullable Object>> actual,
            List<List<@Nullable Object>> expected,
            boolean isOrdered,
            String place) {
        assertThat(actual.size()).as("rows of " + place).isEqualTo(expected.size());
        List<List<@Nullable Object>> left = isOrdered ? actual : sorted(actual);
        List<List<@Nullable Object>> right = isOrdered ? expected : sorted(expected);
        for (int row = 0; row < left.size(); row++) {
            for (int column = 0; column < left.get(row).size(); column++) {
                Object a = left.get(row).get(column);
                Object b = right.get(row).get(column);
                if (!isSame(a, b)) {
                    throw new AssertionError(
                            place
                                    + "\nrow "
                                    + row
                                    + ", column "
                                    + column
                                    + "\nours: "
                                    + left.get(row)
                                    + "\nDuckDB: "
                                    + right.get(row));
                }
            }
        }
    }

    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Double x && b instanceof Double y) {
            return x.equals(y)
                    || x == y.doubleValue()
                    || Math.abs(x - y) <= TOLERANCE * (1_000 + Math.max(Math.abs(x), Math.abs(y)));
        }
        return a == null ? b == null : a.equals(b);
    }

    /// Sorted by everything but doubles first, so that last digits do not part equal rows.
    private static List<List<@Nullable Object>> sorted(List<List<@Nullable Object>> rows) {
        var sorted = new ArrayList<>(rows);
        sorted.sort(SqlOracle::order);
        return sorted;
    }

    private static int order(List<@Nullable Object> a, List<@Nullable Object> b) {
        int order = text(a, false).compareTo(text(b, false));
        return order != 0 ? order : text(a, true).compareTo(text(b, true));
    }

    private static String text(List<@Nullable Object> row, boolean doubles) {
        var text = new StringBuilder();
        for (Object value : row) {
            if (value instanceof Double number) {
                text.append(doubles ? String.format("%025.6f", number) : "").append('|');
            } else {
                text.append(doubles ? "" : value).append('|');
            }
        }
        return text.toString();
    }
}
