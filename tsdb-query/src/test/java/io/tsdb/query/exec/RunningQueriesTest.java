package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What runs is listed and stopped by those who may.
class RunningQueriesTest {
    private static final String LONG = "SELECT v FROM m";
    private static final QueryCaller ALICE = new QueryCaller("alice", _ -> false);
    private static final QueryCaller BOB = new QueryCaller("bob", _ -> false);
    private static final QueryCaller OWNER = new QueryCaller("owner", TestEngines.DATABASE::equals);

    private static TestEngines.Setup engine() {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 5_000; i++) {
            points.add(new TestPoint("m", Map.of("host", "h" + i % 2), i, Map.of("v", i)));
        }
        var limits = new QueryLimits(1_000_000, 10_000, 64 << 20, Duration.ofSeconds(60));
        return TestEngines.of(
                points,
                1,
                new Layout(1, 1024, true),
                limits,
                new MemoryBudget(64 << 20, Duration.ZERO));
    }

    private static QueryResult execute(TestEngines.Setup setup, String sql, QueryCaller caller) {
        return setup.engine().execute(sql, Session.of(TestEngines.DATABASE).withCaller(caller));
    }

    private static List<List<@Nullable Object>> listed(
            TestEngines.Setup setup, QueryCaller caller) {
        return ResultRows.of(execute(setup, "SHOW QUERIES", caller));
    }

    private static long number(List<@Nullable Object> row, int column) {
        return row.get(column) instanceof Long number ? number : -1;
    }

    @Test
    void isListedFromItsStartToTheEndOfItsAnswer() {
        TestEngines.Setup setup = engine();
        assertThat(listed(setup, ALICE)).isEmpty();
        try (QueryResult result = execute(setup, LONG, ALICE)) {
            assertThat(result.next()).isNotNull();
            List<@Nullable Object> row = listed(setup, ALICE).getFirst();
            assertThat(row.subList(1, 4)).containsExactly("alice", TestEngines.DATABASE, LONG);
            assertThat(number(row, 6)).isBetween(1L, 4_999L);
            assertThat(number(row, 7)).isPositive();
        }
        assertThat(listed(setup, ALICE)).isEmpty();
        assertThat(setup.budget().reservedBytes()).isZero();
    }

    @Test
    void isNotListedWhenItIsWrong() {
        TestEngines.Setup setup = engine();
        assertThatThrownBy(() -> execute(setup, "SELECT nothing FROM m", ALICE))
                .isInstanceOf(QueryException.class);
        assertThat(listed(setup, ALICE)).isEmpty();
    }

    @Test
    void isSeenByItsSenderAndByWhoAdministersItsDatabase() {
        TestEngines.Setup setup = engine();
        try (QueryResult result = execute(setup, LONG, ALICE)) {
            assertThat(result.next()).isNotNull();
            assertThat(listed(setup, BOB)).isEmpty();
            assertThat(listed(setup, OWNER)).hasSize(1);
            long id = number(listed(setup, ALICE).getFirst(), 0);
            // whether it is there is not told either
            assertThatThrownBy(() -> execute(setup, "CANCEL QUERY " + id, BOB))
                    .hasMessageContaining("no query " + id + " runs that you may cancel");
            assertThat(result.next()).isNotNull();
        }
    }

    @Test
    void endsWithAnErrorWhenItIsCancelled() {
        TestEngines.Setup setup = engine();
        try (QueryResult result = execute(setup, LONG, ALICE)) {
            assertThat(result.next()).isNotNull();
            long id = number(listed(setup, OWNER).getFirst(), 0);
            assertThat(ResultRows.of(execute(setup, "CANCEL QUERY " + id, OWNER)))
                    .containsExactly(List.of("cancelled"));
            assertThatThrownBy(() -> drain(result))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
        }
        assertThat(setup.openScans()).isZero();
    }

    private static void drain(QueryResult result) {
        while (result.next() != null) {
            // rows of a query that is to end
        }
    }

    /// The memory of queries is taken: whoever would free it must not wait for it.
    @Test
    void canBeCancelledWhenNoMemoryIsLeft() {
        TestEngines.Setup setup = engine();
        MemoryBudget budget = setup.budget();
        var hog = budget.admit(60 << 20, 0, 64 << 20, () -> {});
        assertThatThrownBy(() -> execute(setup, LONG, ALICE))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.MEMORY_BUSY));
        assertThat(listed(setup, ALICE)).isEmpty();
        assertThatThrownBy(() -> execute(setup, "cancel query 17", ALICE))
                .hasMessageContaining("no query 17 runs");
        hog.close();
    }
}
