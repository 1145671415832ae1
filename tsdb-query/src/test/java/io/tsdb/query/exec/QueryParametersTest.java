package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoints;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

class QueryParametersTest {
    private static final TestEngines.Setup ENGINE =
            TestEngines.of(
                    List.of(TestPoints.parse("m,host=a v=1i 2024-01-01T00:00:00Z")),
                    1,
                    new Layout(1, 1024, true));

    @Test
    void aListStandsInsideInAlone() {
        Map<String, Object> parameters = Map.of("a", List.of(1L, 2L));
        assertThat(ResultRows.of(ENGINE.execute("SELECT v FROM m WHERE v IN (:a)", parameters)))
                .containsExactly(List.of(1L));
        assertThatThrownBy(() -> ENGINE.execute("SELECT v FROM m WHERE v = :a", parameters))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.INVALID_VALUE))
                .hasMessage(
                        "1:27: the value of the parameter 'a' is a list; it stands inside IN (:a)"
                                + " alone");
    }

    /// Seconds by mistake, as in the text of a statement.
    @Test
    void aNumberBesideATimeCountsNanoseconds() {
        assertThatThrownBy(
                        () ->
                                ENGINE.execute(
                                        "SELECT v FROM m WHERE time > :t",
                                        Map.of("t", 1_767_225_600L)))
                .hasMessageContaining("write '2026-01-01T00:00:00Z' or 1767225600000000000");
    }

    /// No detour by float64, alone or in a list.
    @Test
    void wholeNumbersBeyondInt64AreUint64() {
        var all = new BigInteger("18446744073709551615");
        var half = BigInteger.ONE.shiftLeft(63);
        Map<String, Object> parameters = Map.of("u", all, "b", half, "list", List.of(all, half));
        assertThat(
                        ResultRows.of(
                                ENGINE.execute(
                                        "SELECT :u = 18446744073709551615, :b - 1,"
                                                + " 9223372036854775808 IN (:list),"
                                                + " 18446744073709551614 IN (:list)",
                                        parameters)))
                .containsExactly(List.of(true, Long.MAX_VALUE, true, false));
    }

    /// As in the text of a statement; a text has a unit.
    @Test
    void aNumberIsNoLengthOfTime() {
        assertThatThrownBy(() -> ENGINE.execute("SELECT now() - :x", Map.of("x", 3_600L)))
                .hasMessage(
                        "1:16: the number 3600 beside a time has no unit; write it with one, as a"
                                + " text: '3600s' as the value of :x");
        assertThat(
                        ResultRows.of(
                                ENGINE.execute(
                                        "SELECT now() - (now() - :x)", Map.of("x", "3600s"))))
                .containsExactly(List.of(3_600_000_000_000L));
    }
}
