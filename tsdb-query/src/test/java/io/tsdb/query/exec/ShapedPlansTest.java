package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.memory.TestPoints;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Queries that were asked before with other strings are answered by the plan of then: as if there
/// were none.
class ShapedPlansTest {
    /// `?h` a host, `?t` a time, `?v` any text.
    private static final List<String> SHAPES =
            List.of(
                    "SELECT time_bucket('5m', time) AS t, max(v) FROM m WHERE host IN (?h, ?h) AND"
                            + " time >= ?t AND time < ?t GROUP BY 1 ORDER BY 1",
                    "SELECT time_bucket('1h', time) AS t, host, avg(v), 'x''y' AS s FROM m WHERE"
                            + " time >= ?t AND time < ?t GROUP BY 1, host ORDER BY 1, 2",
                    "SELECT * FROM m WHERE v > 20 AND host = ?h AND time BETWEEN ?t AND ?t ORDER BY"
                            + " time, host",
                    "SELECT * FROM m WHERE host <> ?h AND s = ?v ORDER BY time, host LIMIT 7",
                    "SELECT * FROM m WHERE NOT (host = ?h OR s < ?v)\nORDER BY time, host",
                    "SELECT host, last(v) FROM m WHERE region = ?v GROUP BY host ORDER BY host",
                    "SELECT * FROM m WHERE time < ?t LATEST BY host ORDER BY host",
                    "SELECT count(*) FROM m WHERE host LIKE ?v AND region IN (?v, ?v, ?v)",
                    "SELECT a.v, 'a' FROM m a WHERE a.host = ?h AND a.time >= ?t ORDER BY a.time",
                    "SELECT time_bucket('10m', time) AS t, sum(v) FROM m WHERE time < ?t GROUP BY 1"
                            + " ORDER BY 1 DESC LIMIT 3",
                    "SELECT host FROM m WHERE time > now() - INTERVAL '1 day' AND host = ?h",
                    "SELECT DISTINCT region FROM m WHERE host >= ?h ORDER BY 1",
                    "SELECT \"v\" + 9223372036854775807 FROM m WHERE host = ?h AND time >= ?t",
                    "SELECT v FROM m WHERE ?h = host AND ?t <= time ORDER BY time, v");

    private final Random random = new Random(11);

    @Test
    void answersAreThoseOfAnEngineThatHasSeenNothing() {
        List<TestPoint> points = points();
        TestEngines.Setup engine = engine(points);
        int found = 0;
        for (int round = 0; round < 8; round++) {
            for (String shape : SHAPES) {
                String sql = fill(shape);
                String expected = answer(engine(points), sql);
                assertThat(answer(engine, sql)).as(sql).isEqualTo(expected);
                found += expected.length() > 2 ? 1 : 0;
            }
        }
        assertThat(found).as("answers with rows").isGreaterThan(40);
        // all but the sum, which may be an error
        assertThat(engine.engine().shapedCount()).isEqualTo(SHAPES.size() - 1);
        assertThat(engine.engine().shapedHitCount()).isGreaterThan(5 * (SHAPES.size() - 2));
    }

    @Test
    void aNewFieldOrTagHasTheStatementReadAnew() {
        TestEngines.Setup engine = engine(points());
        String sql = "SELECT * FROM m WHERE host = 'h%d' AND time < '2024-01-01T00:20:00Z'";
        for (int i = 0; i < 4; i++) {
            assertThat(columns(engine, sql.formatted(i)))
                    .containsExactly("time", "host", "region", "s", "v");
        }
        assertThat(engine.engine().shapedHitCount()).isEqualTo(2);
        MemoryShard.register(
                engine.catalog(),
                TestEngines.DATABASE,
                TestPoints.parse("m,host=h1,os=x new=1i 2024-01-01T00:00:00Z"));
        assertThat(columns(engine, sql.formatted(1)))
                .containsExactly("time", "host", "os", "region", "new", "s", "v");
        assertThat(engine.engine().shapedHitCount()).isEqualTo(2);
    }

    @Test
    void whatIsWrongIsSaidWithItsPlaceInTheTextOfNow() {
        TestEngines.Setup engine = engine(points());
        String sql = "SELECT v FROM m WHERE host = '%s' AND time > '%s' ORDER BY v";
        for (int i = 0; i < 4; i++) {
            engine.execute(sql.formatted("h1", "2024-01-01")).close();
        }
        assertThat(engine.engine().shapedHitCount()).isEqualTo(2);
        assertThatThrownBy(() -> engine.execute(sql.formatted("a longer host", "yesterday?")))
                .hasMessageStartingWith("1:55: ");
    }

    /// What may differ are strings that something is compared with, not those that are shown.
    @Test
    void stringsOfTheSelectListAreOfTheShape() {
        TestEngines.Setup engine = engine(points());
        for (String text : List.of("a", "a", "a", "b", "b''c")) {
            String sql = "SELECT '%s' FROM m WHERE host = 'h1' LIMIT 1".formatted(text);
            assertThat(ResultRows.of(engine.execute(sql)))
                    .containsExactly(List.of(text.replace("''", "'")));
        }
        assertThat(engine.engine().shapedHitCount()).isEqualTo(1);
    }

    private static List<String> columns(TestEngines.Setup engine, String sql) {
        try (QueryResult result = engine.execute(sql)) {
            return result.columns().stream().map(ResultColumn::name).toList();
        }
    }

    private static String answer(TestEngines.Setup engine, String sql) {
        try {
            return ResultRows.of(engine.execute(sql)).toString();
        } catch (QueryException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static TestEngines.Setup engine(List<TestPoint> points) {
        return TestEngines.of(points, 2, new Layout(3, 16, false));
    }

    private String fill(String shape) {
        String sql = shape;
        while (sql.contains("?")) {
            String value =
                    switch (sql.charAt(sql.indexOf('?') + 1)) {
                        case 'h' -> "h" + random.nextInt(6);
                        case 't' -> time(random.nextInt(70)).toString();
                        default ->
                                List.of("r0", "r1", "h%", "%1", "it''s", "", "t3")
                                        .get(random.nextInt(7));
                    };
            sql = sql.replaceFirst("\\?[htv]", "'" + value + "'");
        }
        return sql;
    }

    private static Instant time(int minute) {
        return Instant.parse("2024-01-01T00:00:00Z").plusSeconds(60L * minute);
    }

    private static List<TestPoint> points() {
        var points = new ArrayList<TestPoint>();
        for (int minute = 0; minute < 60; minute++) {
            for (int host = 0; host < 5; host++) {
                points.add(
                        TestPoints.parse(
                                "m,host=h%d,region=r%d v=%di,s=\"t%d\" %s"
                                        .formatted(
                                                host,
                                                host % 2,
                                                minute * host % 50,
                                                minute % 7,
                                                time(minute))));
            }
        }
        return points;
    }
}
