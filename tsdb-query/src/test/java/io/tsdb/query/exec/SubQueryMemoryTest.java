package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A query in an expression runs before the one around it has a result; memory that others hold is
/// waited for there too.
class SubQueryMemoryTest {
    private static final long CAPACITY_BYTES = 8L << 20;

    /// Its sub-query takes 64 bytes and more for each of the values, far above what is left.
    private static final String SQL = "SELECT count(*) FROM m WHERE v IN (SELECT v FROM m)";

    private static TestEngines.Setup engine(MemoryBudget budget) {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 20_000; i++) {
            points.add(new TestPoint("m", Map.of("k", "a"), i, Map.of("v", i)));
        }
        return TestEngines.of(points, 1, new Layout(1, 1024, true), QueryLimits.DEFAULT, budget);
    }

    /// Both want more than there is. The query came last, so it gives up what it holds, though all
    /// it has done is look for the values of its list; it begins anew once the other has ended.
    @Test
    @Timeout(60)
    void beginsAnewWhenItHadToGiveUp() throws InterruptedException {
        var budget = new MemoryBudget(CAPACITY_BYTES, Duration.ofSeconds(30));
        TestEngines.Setup setup = engine(budget);
        QueryMemory other = budget.admit(0, 0, CAPACITY_BYTES, () -> {});
        other.account().reserve(CAPACITY_BYTES - (2L << 20));
        var grown =
                new Thread(
                        () -> {
                            awaitWaiting(budget);
                            other.account().reserve(1L << 20);
                            other.close();
                        });
        grown.start();
        try {
            assertThat(ResultRows.of(setup.execute(SQL))).containsExactly(List.of(20_000L));
        } finally {
            grown.join();
        }
        assertThat(budget.busyCount()).isPositive();
        assertThat(budget.reservedBytes()).isZero();
    }

    private static void awaitWaiting(MemoryBudget budget) {
        while (budget.waitCount() == 0) {
            Thread.onSpinWait();
        }
    }
}
