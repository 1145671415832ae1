package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.MemoryTarget;
import io.tsdb.query.memory.MemoryShard.Layout;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.stream.LongStream;

/// The oracle over shards in memory; `-Dtsdb.seed=N` runs one other seed.
class SqlDuckDbOracleTest {
    private static final int QUERIES = 250;

    /// More: `-Dtsdb.oracle.seeds=N`, as the profile `soak` does: 80 of them are 20,000 queries.
    private static final int SEEDS = Integer.getInteger("tsdb.oracle.seeds", 4);

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void answersLikeDuckDbWhateverTheBlocks(long number) throws SQLException {
        long seed = Long.getLong("tsdb.seed", number);
        int withRows =
                SqlOracle.judge(seed, QUERIES, new MemoryTarget(3, new Layout(seed, 200, false)));
        assertThat(withRows).as("queries with rows").isGreaterThan(QUERIES / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void answersLikeDuckDbWhenStatisticsAnswerAllTheyCan(long number) throws SQLException {
        long seed = Long.getLong("tsdb.seed", number);
        int withRows =
                SqlOracle.judge(seed, QUERIES, new MemoryTarget(2, new Layout(seed, 1024, true)));
        assertThat(withRows).as("queries with rows").isGreaterThan(QUERIES / 2);
    }
}
