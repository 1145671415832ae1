package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What a request's JSON becomes: values as they were written, errors in words of ours.
class SqlRequestTest {
    private static SqlRequest request(String params) {
        return SqlRequest.of(
                Map.of("q", List.of("SELECT 1"), "params", List.of(params)), "", "", "", "db");
    }

    /// JSON that carries its numbers as text: 2^63 and 2^64 - 1 are no float64s.
    @Test
    void wholeNumbersStayWhole() {
        assertThat(
                        request(
                                        """
                                        {"a": 1, "b": 9223372036854775808, "c": -9223372036854775808,
                                         "d": [18446744073709551615, 9007199254740993]}\
                                        """)
                                .parameters())
                .isEqualTo(
                        Map.of(
                                "a",
                                1L,
                                "b",
                                new BigInteger("9223372036854775808"),
                                "c",
                                Long.MIN_VALUE,
                                "d",
                                List.of(
                                        new BigInteger("18446744073709551615"),
                                        9_007_199_254_740_993L)));
    }

    /// Scripts print 1e20 so.
    @Test
    void numbersBeyondEveryIntegerAreFloat64() {
        assertThat(request("{\"a\": 100000000000000000000, \"b\": 1.5, \"c\": 1e2}").parameters())
                .isEqualTo(Map.of("a", 1e20, "b", 1.5, "c", 100.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e400", "1.8e308"})
    void numbersBeyondFloat64AreRefused(String number) {
        for (String value : Arrays.asList(number, "[1, " + number + "]")) {
            assertThatThrownBy(() -> request("{\"a\": " + value + "}"))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.OUT_OF_RANGE))
                    .hasMessage("the value of the parameter 'a' passes the range of float64");
        }
    }

    @Test
    void jsonThatIsNoneIsNamedByItsPlace() {
        assertThatThrownBy(() -> request("{\"a\":\n  tru}"))
                .hasMessage("parameter params is not JSON, at line 2, column 3");
        assertThatThrownBy(() -> request("{\"a\": 1"))
                .hasMessageStartingWith("parameter params is not JSON, at line 1, column ");
        assertThatThrownBy(() -> request("[1]"))
                .hasMessage("parameter params must be a JSON object");
    }

    @Test
    void consistencyIsStrongOrEventual() {
        assertThat(consistency("eventual").consistency()).contains(Consistency.EVENTUAL);
        assertThat(consistency("strong").consistency()).contains(Consistency.STRONG);
        assertThat(request("{}").consistency()).isEmpty();
        assertThatThrownBy(() -> consistency("weak"))
                .hasMessage("consistency 'weak' is not known; use strong or eventual");
    }

    private static SqlRequest consistency(String text) {
        return SqlRequest.of(
                Map.of("q", List.of("SELECT 1"), "consistency", List.of(text)), "", "", "", "db");
    }

    @Test
    void nestingAndDigitsHaveALimit() {
        String deepest = "[".repeat(SqlRequest.NESTING_MAX - 1);
        String closed = "]".repeat(SqlRequest.NESTING_MAX - 1);
        assertThat(request("{\"a\": " + deepest + closed + "}").parameters()).containsKey("a");
        assertThatThrownBy(() -> request("{\"a\": [" + deepest + closed + "]}"))
                .hasMessageStartingWith(
                        "parameter params nests deeper than 100, or has a number of more than 1000"
                                + " digits");
        assertThatThrownBy(() -> request("{\"a\": " + "1".repeat(1_001) + "}"))
                .hasMessageStartingWith("parameter params nests deeper than 100")
                .hasMessageNotContaining("StreamReadConstraints");
    }
}
