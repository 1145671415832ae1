package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoints;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

/// An error repeats no more of a name or literal than a reader takes in.
class ErrorLengthTest {
    private static final TestEngines.Setup ENGINE =
            TestEngines.of(
                    List.of(TestPoints.parse("m,host=a v=1i,s=\"a\" 2024-01-01T00:00:00Z")),
                    1,
                    new Layout(1, 1024, true));

    /// `@` stands for a long word.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT @ FROM m",
                "SELECT v FROM @",
                "SELECT m.v FROM m AS @@ WHERE m.v = 1",
                "SELECT @(v) FROM m",
                "SELECT v FROM m WHERE v = '@'",
                "SELECT v FROM m WHERE time > '@'",
                "SELECT v FROM m WHERE s ~ '(@'",
                "SELECT v FROM m WHERE v LIKE '@'",
                "SELECT v FROM m WHERE s LIKE '@' ESCAPE '@@'",
                "SELECT CAST('@' AS int64)",
                "SELECT CAST(v AS @) FROM m",
                "SELECT CAST(:p AS float64)",
                "SELECT INTERVAL '@'",
                "SELECT :@",
                "SELECT 1 @ @",
                "SELECT v @ FROM m WHERE @ = 1 AND @@ = 1",
                "SELECT time_bucket('@', time) FROM m",
                "SELECT v FROM m ORDER BY @",
                "SELECT x FROM (SELECT v AS @ FROM m) @",
                "CREATE DATABASE \"/@\"",
                "DROP DATABASE @",
                "SHOW TAG VALUES FROM m WITH KEY = @",
            })
    void repeatsNoLongWord(String sql) {
        String word = "wörd𝄞".repeat(8_000);
        assertThatThrownBy(
                        () ->
                                ResultRows.of(
                                        ENGINE.execute(sql.replace("@", word), Map.of("p", word))))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> {
                            assertThat(e.text().length())
                                    .isLessThanOrEqualTo(QueryException.TEXT_LENGTH_MAX);
                            assertThat(e.getMessage()).endsWith(e.text());
                        });
    }
}
