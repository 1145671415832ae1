package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.MemoryTarget;
import io.tsdb.query.memory.MemoryShard.Layout;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;

/// The oracle over shards in memory; `-Dtsdb.seed=N` runs one other seed.
class SqlDuckDbOracleTest {
    private static final int QUERIES = 250;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
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
