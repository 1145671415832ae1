package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.cluster.rpc.FragmentPort;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Queries at one node over shards of which each has two replicas among three nodes, over real
/// sockets: the same rows as at a node that has everything, or an error that names the shard.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClusterFragmentRunnerTest {
    /// 20,000 rows of 56 bytes at another node.
    private static final String MORE_THAN_A_WINDOW =
            "SELECT v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6 FROM m WHERE shard = 's1'";

    private final FragmentCluster cluster = new FragmentCluster();

    @AfterEach
    void closeCluster() {
        cluster.close();
    }

    /// Shards 0 and 2 are at node 0 itself, 1 at the others only.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT shard, v FROM m ORDER BY shard, v",
                "SELECT shard, v FROM m WHERE v >= 19990 ORDER BY v DESC, shard LIMIT 7",
                "SELECT count(*), sum(v), min(v), max(v), avg(v), stddev(v) FROM m",
                "SELECT shard, count(DISTINCT v), median(v) FROM m GROUP BY shard ORDER BY shard",
                "SELECT last(v), first(v), shard FROM m GROUP BY shard ORDER BY shard",
                "SHOW TAG VALUES FROM m WITH KEY = shard",
                "SELECT a.v FROM m a JOIN m b ON a.v = b.v AND a.shard = b.shard WHERE a.v < 9"
                        + " ORDER BY a.v, a.shard",
            })
    void answersAsANodeThatHasEverything(String sql) {
        List<?> expected = ResultRows.of(cluster.executeLocally(sql));
        assertThat(expected).isNotEmpty();
        assertThat(ResultRows.of(cluster.execute(sql))).isEqualTo(expected);
        assertThat(cluster.runner().remoteCount()).isPositive();
        cluster.awaitNoScans();
    }

    @Test
    void anotherReplicaAnswersForANodeThatIsDead() {
        cluster.node(1).port.close();
        assertThat(count()).isEqualTo(cluster.rowCount());
        cluster.awaitNoScans();
    }

    @Test
    void aShardWithoutAReplicaIsAnErrorThatNamesIt() {
        cluster.node(1).port.close();
        cluster.node(2).port.close();
        assertThatThrownBy(this::count)
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.UNAVAILABLE))
                .hasMessageContaining("shard 1 has no answer")
                .hasMessageContaining(cluster.node(1).member.data().toString())
                .hasMessageContaining(cluster.node(2).member.data().toString());
        cluster.awaitNoScans();
    }

    /// Whichever of the two is asked first, one of them never learns what was acknowledged.
    @Test
    void anotherReplicaIsAskedWhenOneLetsWait() {
        cluster.node(1).barrier = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            assertThat(count()).isEqualTo(cluster.rowCount());
        }
        assertThat(cluster.runner().hedgeCount()).isPositive();
        cluster.awaitNoScans();
    }

    /// The own replica waits for a leader that this node does not reach.
    @Test
    void anotherReplicaIsAskedWhenTheOwnDoesNotKeepUp() {
        cluster.node(0).barrier = new CompletableFuture<>();
        assertThat(count()).isEqualTo(cluster.rowCount());
        assertThat(cluster.runner().remoteCount()).isGreaterThanOrEqualTo(3);
        cluster.awaitNoScans();
    }

    @Test
    void eventualDoesNotAskWhatWasAcknowledged() {
        for (int i = 0; i < 3; i++) {
            cluster.node(i).barrier = new CompletableFuture<>();
        }
        String sql = "SELECT count(*) FROM m";
        Session session = FragmentCluster.session().orElse(Consistency.EVENTUAL);
        assertThat(ResultRows.of(cluster.engine().execute(sql, session)))
                .isEqualTo(List.of(List.of(cluster.rowCount())));
        assertThat(cluster.runner().hedgeCount()).isZero();
    }

    /// A node that accepts and greets, and then says nothing, as one that was stopped: it is given
    /// up, and left alone for a moment.
    @Test
    void givesUpAPeerThatSaysNothing() throws IOException {
        cluster.node(1).port.close();
        try (var _ = new SilentPeer(cluster.node(1).greeting(), cluster.node(1).member.data())) {
            cluster.node(2).port.close();
            assertThatThrownBy(this::count).hasMessageContaining("has said nothing for");
            assertThat(cluster.clients().isSuspect("node1")).isTrue();
        }
    }

    /// Nobody waits for it any more, as when another replica was faster: the next query is not to
    /// wait for it again.
    @Test
    void givesUpAPeerThatSaysNothingToWhatWasCancelled() throws IOException {
        cluster.node(1).port.close();
        try (var _ = new SilentPeer(cluster.node(1).greeting(), cluster.node(1).member.data())) {
            cluster.clients().run("node1", 1, new byte[0], new NobodyWaits()).cancel();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!cluster.clients().isSuspect("node1")) {
                assertThat(System.nanoTime()).as("still believed").isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /// Answers to what was cancelled: none may come.
    private static final class NobodyWaits implements FragmentAnswers {
        @Override
        public void begun() {
            throw new AssertionError("begun");
        }

        @Override
        public void batch(byte[] bytes) {
            throw new AssertionError("a batch");
        }

        @Override
        public void ended(byte[] profile) {
            throw new AssertionError("ended");
        }

        @Override
        public void refused(byte[] reason) {
            throw new AssertionError("refused");
        }

        @Override
        public void failed(IOException cause) {
            throw new AssertionError(cause);
        }
    }

    @Test
    void aDamagedReplicaIsNotAsked() {
        cluster.node(0).damaged = true;
        assertThat(count()).isEqualTo(cluster.rowCount());
        assertThat(cluster.runner().remoteCount()).isGreaterThanOrEqualTo(3);
    }

    /// All of its shards may have damaged parts, one found after the other, and mended in the
    /// background before the next try looks.
    @Test
    void whatIsDamagedHereIsAskedElsewhere() {
        cluster.node(0).breaks.set(Integer.MAX_VALUE);
        assertThat(count()).isEqualTo(cluster.rowCount());
        assertThat(cluster.runner().remoteCount()).isGreaterThanOrEqualTo(3);
    }

    /// As of an expression that holds a query, which runs before there is a result.
    @Test
    void aQueryInAnExpressionThatLosesAReplicaBeginsAnew() {
        cluster.node(0).breaks.set(1);
        String sql = "SELECT count(*) FROM m WHERE v >= (SELECT min(v) FROM m)";
        try (QueryResult result = cluster.execute(sql)) {
            assertThat(ResultRows.of(result)).isEqualTo(List.of(List.of(cluster.rowCount())));
        }
    }

    @Test
    void whatAnotherNodeThrowsReachesTheReader() {
        String sql = "SELECT v * 9223372036854775807 FROM m WHERE v > 1000 AND shard = 's1'";
        try (QueryResult result = cluster.execute(sql)) {
            assertThatThrownBy(result::next)
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.OUT_OF_RANGE))
                    .hasMessageContaining("passes the range of int64");
        }
        cluster.awaitNoScans();
    }

    @Test
    void anotherNodeReadsNoFurtherThanTheWindow() throws Exception {
        try (QueryResult result = cluster.execute(MORE_THAN_A_WINDOW)) {
            assertThat(result.next()).isNotNull();
            cluster.awaitServedIdle();
            int decoded =
                    cluster.node(1).replica(1).decodedColumns()
                            + cluster.node(2).replica(1).decodedColumns();
            assertThat(decoded).isLessThan(FragmentCluster.ROWS_PER_SHARD / 512);
        }
        cluster.awaitNoScans();
    }

    @Test
    void cancellingEndsTheWorkAtOtherNodes() {
        Session session = FragmentCluster.session();
        String sql = "SELECT v, shard FROM m WHERE shard = 's1'";
        try (QueryResult result = cluster.engine().execute(sql, session)) {
            assertThat(result.next()).isNotNull();
            session.cancellation().cancel();
            assertThatThrownBy(
                            () -> {
                                while (result.next() != null) {
                                    assertThat(result.columns()).hasSize(2);
                                }
                            })
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
        }
        cluster.awaitNoScans();
    }

    @Test
    void explainAnalyzeShowsWhatOtherNodesDid() {
        String plan =
                ResultRows.of(cluster.execute("EXPLAIN ANALYZE SELECT sum(v) FROM m")).toString();
        assertThat(plan)
                .contains("shard 0: 1 rows")
                .containsPattern("shard 1 at 127\\.0\\.0\\.1:\\d+: 1 rows, .* blocks: ");
    }

    /// Rows of a megabyte in all go in several frames.
    @Test
    void largeBatchesGoInPieces() {
        var points = new ArrayList<TestPoint>();
        for (int row = 0; row < 40; row++) {
            String text = row + "x".repeat(60_000);
            points.add(new TestPoint("large", Map.of("d", "a"), row, Map.of("s", text)));
        }
        cluster.addTo(1, points);
        String sql = "SELECT s FROM large ORDER BY time";
        assertThat(ResultRows.of(cluster.execute(sql)))
                .isEqualTo(points.stream().map(p -> List.<Object>of(p.fields().get("s"))).toList());
    }

    /// What was handed out cannot be handed out again.
    @Test
    void rowsOfAShardThatBreaksOffAreAnError() {
        cluster.through(new BreakingPort(cluster.clients(), Integer.MAX_VALUE));
        assertThatThrownBy(() -> ResultRows.of(cluster.execute(MORE_THAN_A_WINDOW)))
                .hasMessageContaining("shard 1 at ")
                .hasMessageContaining("broke off");
        cluster.awaitNoScans();
    }

    /// Nothing of an aggregate is handed out before its last shard: it begins anew.
    @Test
    void anAggregateThatLosesAReplicaBeginsAnew() {
        var breaking = new BreakingPort(cluster.clients(), 1);
        cluster.through(breaking);
        List<?> rows =
                ResultRows.of(
                        cluster.execute(
                                "SELECT v, count(*), avg(v), stddev(v), sum(v), min(v), max(v) FROM"
                                        + " m GROUP BY v"));
        assertThat(rows).hasSize(FragmentCluster.ROWS_PER_SHARD);
        assertThat(breaking.broken.get()).isEqualTo(1);
        cluster.awaitNoScans();
    }

    private long count() {
        return (Long)
                ((List<?>) ResultRows.of(cluster.execute("SELECT count(*) FROM m")).getFirst())
                        .getFirst();
    }

    /// Breaks off the answers of some calls once the reader has taken a batch.
    private static final class BreakingPort implements FragmentPort {
        private final FragmentPort port;
        private final int calls;
        private final AtomicInteger broken = new AtomicInteger();

        BreakingPort(FragmentPort port, int calls) {
            this.port = port;
            this.calls = calls;
        }

        @Override
        public boolean isSuspect(String member) {
            return false;
        }

        @Override
        public FragmentCall run(String member, int shard, byte[] request, FragmentAnswers answers) {
            FragmentCall call = port.run(member, shard, request, answers);
            return new FragmentCall() {
                @Override
                public void credit(long bytes) {
                    if (broken.get() < calls) {
                        broken.incrementAndGet();
                        answers.failed(new IOException("pulled out"));
                    } else {
                        call.credit(bytes);
                    }
                }

                @Override
                public void cancel() {
                    call.cancel();
                }
            };
        }
    }
}
