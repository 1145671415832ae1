package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.http.InfluxCondition.And;
import io.tsdb.query.http.InfluxCondition.Or;
import io.tsdb.query.http.InfluxCondition.Tag;
import io.tsdb.query.http.InfluxCondition.TagMatches;
import io.tsdb.query.http.InfluxCondition.Time;
import io.tsdb.query.sql.ComparisonOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.SplittableRandom;

/// What InfluxDB's clients send to have rows deleted, and where it is wrong.
class InfluxConditionTest {
    private static final long NOW = 1_700_000_000_000_000_000L;

    private static InfluxCondition influxQl(String condition) {
        var delete =
                (InfluxStatement.Delete)
                        InfluxStatement.parse("DELETE WHERE " + condition, NOW).getFirst();
        return delete.where();
    }

    @Test
    void predicatesAreEqualitiesOfTags() {
        assertThat(InfluxConditionParser.predicate("")).isEqualTo(new InfluxCondition.All());
        assertThat(InfluxConditionParser.predicate("_measurement=\"cpu load\" AND (host='a\\'b')"))
                .isEqualTo(
                        new And(
                                List.of(
                                        new Tag("_measurement", false, "cpu load"),
                                        new Tag("host", false, "a'b"))));
        assertThat(InfluxConditionParser.predicate("\"a b\" = web-1.x and rack=7"))
                .isEqualTo(
                        new And(
                                List.of(
                                        new Tag("a b", false, "web-1.x"),
                                        new Tag("rack", false, "7"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "host=\"a\" OR host=\"b\"   | the logical operator OR is not supported yet, at"
                        + " position 9",
                "host!=\"a\"                | operator '!=' is not supported yet, at position 4",
                "host=~/a/                  | operator '=~' is not supported yet, at position 4",
                "host                       | an operator is missing behind host, at position 4",
                "host=                      | bad tag value: there is none, at position 5",
                "host=\"a                   | bad tag value: a, at position 5",
                "=\"a\"                     | bad tag key, at position 0",
                "(host=\"a\"                | ')' is missing, at position 9",
                "host=\"a\")                | bad logical expression, at position 8",
                "host=\"a\" AND             | bad tag key, at position 12",
                "host=\"a\" host=\"b\"      | bad logical expression, at position 9",
            })
    void wrongPredicatesAreNamedWithTheirPlace(String predicate, String error) {
        assertThatThrownBy(() -> InfluxConditionParser.predicate(predicate)).hasMessage(error);
    }

    @Test
    void influxQlComparesTagsAndTimes() {
        assertThat(influxQl("host = 'a' AND (rack <> '1' OR zone !~ /eu\\/.*\\d/)"))
                .isEqualTo(
                        new And(
                                List.of(
                                        new Tag("host", false, "a"),
                                        new Or(
                                                List.of(
                                                        new Tag("rack", true, "1"),
                                                        new TagMatches(
                                                                "zone", true, "eu/.*\\d"))))));
        assertThat(influxQl("time>now()-1h+500ms"))
                .isEqualTo(
                        new Time(
                                ComparisonOperator.GREATER,
                                NOW - 3_600_000_000_000L + 500_000_000L));
        assertThat(influxQl("time >= '1970-01-01T00:00:00.000000005Z' and time < 1.5s"))
                .isEqualTo(
                        new And(
                                List.of(
                                        new Time(ComparisonOperator.GREATER_OR_EQUAL, 5),
                                        new Time(ComparisonOperator.LESS, 1_500_000_000L))));
        assertThat(influxQl("time = -7")).isEqualTo(new Time(ComparisonOperator.EQUAL, -7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "host = \"a\"               | bad tag value: a, at position 20",
                "host < 'a'                 | operator '<' is none for a tag, at position 18",
                "time =~ /a/                | operator '=~' is none for a time, at position 18",
                "time > 'soon'              | 'soon' is no time, at position 20",
                "time > 5 parsecs           | bad logical expression, at position 22",
                "time > 5x                  | '5x' is no time, at position 20",
                "time > 99999999999w        | a time that 64 bits of nanoseconds do not hold, at"
                        + " position 20",
                "time >                     | a time is missing, at position 19",
            })
    void wrongConditionsAreNamedWithTheirPlace(String condition, String error) {
        assertThatThrownBy(() -> influxQl(condition)).hasMessage(error);
    }

    @Test
    void deletesNameMeasurements() {
        assertThat(InfluxStatement.parse("DELETE FROM cpu; DROP SERIES FROM \"a b\", c-1", 0))
                .containsExactly(
                        new InfluxStatement.Delete(List.of("cpu"), new InfluxCondition.All()),
                        new InfluxStatement.Delete(
                                List.of("a b", "c-1"), new InfluxCondition.All()));
        assertThat(InfluxStatement.parse("drop measurement \"a;b\"", 0))
                .containsExactly(new InfluxStatement.DropMeasurement("a;b"));
        assertThat(InfluxStatement.parse("DELETE WHERE a = ';'", 0)).hasSize(1);
    }

    @Test
    void nestingIsBounded() {
        String deep = "(".repeat(100_000) + "a='b'" + ")".repeat(100_000);
        assertThatThrownBy(() -> influxQl(deep)).hasMessageContaining("parentheses");
        assertThat(influxQl("(".repeat(60) + "a='b'" + ")".repeat(60)))
                .isEqualTo(new Tag("a", false, "b"));
        assertThat(influxQl("(a='b') AND ".repeat(1000) + "(a='b')")).isInstanceOf(And.class);
    }

    @Test
    void anyTextGivesStatementsOrAnErrorWithItsPlace() {
        String[] pieces = {
            "DELETE",
            " FROM ",
            " WHERE ",
            "DROP SERIES",
            "m",
            "\"a",
            "'b",
            "/",
            "=",
            "!~",
            "<>",
            "(",
            ")",
            " AND ",
            " OR ",
            "time",
            "now()",
            "-",
            "1h",
            "9",
            ",",
            ";",
            "\\",
            " ",
            "\"",
        };
        long seed = Long.getLong("tsdb.seed", 7);
        var random = new SplittableRandom(seed);
        int wrong = 0;
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder(random.nextInt(3) == 0 ? "" : "DELETE WHERE ");
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                assertThat(InfluxStatement.parse(text.toString(), NOW)).doesNotContainNull();
            } catch (io.tsdb.query.sql.QueryException e) {
                wrong++;
                assertThat(e).as("seed " + seed + ": " + text).hasMessageContaining("at position");
            }
        }
        assertThat(wrong).isGreaterThan(1000);
    }
}
