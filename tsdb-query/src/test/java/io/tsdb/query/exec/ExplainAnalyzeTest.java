package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What `EXPLAIN ANALYZE` says of operators and shards; times and memory are left out.
class ExplainAnalyzeTest {
    /// Four blocks of one series, values ascending; one shard of the two has it.
    private static TestEngines.Setup engine() {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 4_096; i++) {
            points.add(new TestPoint("m", Map.of("host", "a"), i, Map.of("v", i)));
        }
        return TestEngines.of(points, 2, new Layout(1, 1024, true));
    }

    private static List<String> explained(TestEngines.Setup setup, String sql) {
        List<String> lines =
                ResultRows.of(setup.execute("EXPLAIN ANALYZE " + sql)).stream()
                        .map(row -> String.valueOf(row.getFirst()))
                        .map(line -> line.replaceAll("[0-9.]+ ms", "T ms"))
                        .map(line -> line.replaceAll("[0-9]+ bytes of memory", "N bytes of memory"))
                        .toList();
        assertThat(setup.openScans()).isZero();
        return lines;
    }

    @Test
    void countsBlocksAnsweredFromStatistics() {
        assertThat(explained(engine(), "SELECT max(v) FROM m"))
                .containsExactly(
                        "project max(v)#0 (1 rows, T ms)",
                        "  merge groups (1 rows, T ms)",
                        "    at each shard:",
                        "      one group: max(v)",
                        "      scan m time all series all",
                        "    shard 0: 0 rows, T ms; blocks: 0 read, 0 answered from statistics, 0"
                                + " pruned; 0 bytes decoded",
                        "    shard 1: 1 rows, T ms; blocks: 0 read, 4 answered from statistics, 0"
                                + " pruned; 0 bytes decoded",
                        "planned in T ms, with queries in expressions; run in T ms; 1 rows, at most"
                                + " N bytes of memory");
    }

    /// One block of the series is enough, and none of it is decoded.
    @Test
    void countsDistinctTagsByARowOfEachSeries() {
        assertThat(explained(engine(), "SELECT count(DISTINCT host), max(host) FROM m"))
                .contains(
                        "    shard 1: 1 rows, T ms; blocks: 0 read, 1 answered from statistics, 0"
                                + " pruned; 0 bytes decoded");
        assertThat(explained(engine(), "SELECT count(DISTINCT host), count(v) FROM m"))
                .contains(
                        "    shard 1: 1 rows, T ms; blocks: 0 read, 4 answered from statistics, 0"
                                + " pruned; 0 bytes decoded");
    }

    @Test
    void countsBlocksThatStatisticsRuleOut() {
        assertThat(explained(engine(), "SELECT v FROM m WHERE v >= 3000 ORDER BY v LIMIT 5"))
                .contains(
                        "limit 5 (5 rows, T ms)",
                        "  sort by column 1, keep first 5 (5 rows, T ms)",
                        "    gather rows (5 rows, T ms)",
                        "      shard 1: 5 rows, T ms; blocks: 2 read, 0 answered from statistics, 2"
                                + " pruned; 16384 bytes decoded");
    }

    @Test
    void countsWhatOperatorsAboveTheShardsGive() {
        assertThat(
                        explained(
                                engine(),
                                "SELECT x, count(*) FROM (SELECT v % 2 AS x FROM m LIMIT 4000)"
                                        + " GROUP BY x"))
                .anyMatch(line -> line.strip().startsWith("limit 4000 (4000 rows"))
                .anyMatch(line -> line.strip().matches("group by .* \\(2 rows, T ms\\)"));
    }

    @Test
    void failsAsTheQueryWould() {
        assertThatThrownBy(() -> explained(engine(), "SELECT v + 9223372036854775807 FROM m"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("passes the range of int64");
    }
}
