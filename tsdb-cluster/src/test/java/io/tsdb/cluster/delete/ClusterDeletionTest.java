package io.tsdb.cluster.delete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.read.ShardRefusal;
import io.tsdb.cluster.rpc.DeletePort;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Whom a node without a shard asks to delete there, and what it says when nobody can.
class ClusterDeletionTest {
    private static final ScanSpec ROWS =
            new ScanSpec("db", "m", new TimeRange(0, 1000), null, null);
    private static final Member SELF = member("self", 1);
    private static final Member FIRST = member("first", 2);
    private static final Member LEADER = member("leader", 3);
    private static final Member SUSPECT = member("suspect", 4);

    private final List<String> asked = new ArrayList<>();
    private final Map<String, CompletableFuture<byte[]>> answers = new HashMap<>();
    private final QueryCancellation cancellation = new QueryCancellation();

    private static Member member(String id, int port) {
        return new Member(id, new Address("127.0.0.1", port), new Address("127.0.0.1", 10 + port));
    }

    private record TwoShards() implements ShardMap {
        @Override
        public Member self() {
            return SELF;
        }

        @Override
        public List<Member> members() {
            return List.of(SELF, FIRST, LEADER, SUSPECT);
        }

        @Override
        public int shardCount() {
            return 2;
        }

        @Override
        public List<Member> replicas(int shard) {
            return List.of(SUSPECT, FIRST, LEADER);
        }

        @Override
        public Optional<Member> leader(int shard) {
            return Optional.of(LEADER);
        }

        @Override
        public long epoch() {
            return 0;
        }
    }

    private long delete() {
        var port =
                new DeletePort() {
                    @Override
                    public CompletableFuture<byte[]> delete(
                            String member, int shard, byte[] request) {
                        assertThat(DeleteRequest.of(request).rows()).isEqualTo(ROWS);
                        assertThat(DeleteRequest.of(request).catalogIndex()).isEqualTo(7);
                        asked.add(member + shard);
                        CompletableFuture<byte[]> answer =
                                answers.getOrDefault(
                                        member + shard,
                                        CompletableFuture.failedFuture(
                                                new IOException("is silent")));
                        if (!answer.isDone()) {
                            cancellation.cancel(); // while it is waited for
                        }
                        return answer;
                    }

                    @Override
                    public boolean isSuspect(String member) {
                        return member.equals(SUSPECT.id());
                    }
                };
        var control =
                new QueryControl(
                        cancellation,
                        System::nanoTime,
                        Duration.ofMinutes(1),
                        1,
                        new MemoryBudget(1 << 20, Duration.ZERO),
                        1,
                        1 << 20,
                        Consistency.STRONG);
        return new ClusterDeletion(new TwoShards(), _ -> Optional.empty(), () -> 7, port)
                .delete(ROWS, control);
    }

    private void answers(String member, DeleteAnswer answer) {
        answers.put(member, CompletableFuture.completedFuture(answer.toBytes()));
    }

    private static DeleteAnswer refused(QueryErrorCode code) {
        return new DeleteAnswer.Refused(ShardRefusal.of(code, "for a reason"));
    }

    @Test
    void asksTheLeaderThenOthersAndLastWhoFailedLately() {
        answers("leader0", new DeleteAnswer.Deleted(3));
        answers("first1", refused(QueryErrorCode.UNAVAILABLE));
        answers("suspect1", new DeleteAnswer.Deleted(4));

        assertThat(delete()).isEqualTo(7);
        assertThat(asked).containsExactly("leader0", "leader1", "first1", "suspect1");
    }

    @Test
    void saysWhatIsGoneWhenAShardIsNotReached() {
        answers("leader0", new DeleteAnswer.Deleted(3));

        assertThatThrownBy(this::delete)
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.UNAVAILABLE))
                .hasMessageContaining("rows of shard 1 were not deleted, or not all")
                .hasMessageContaining("127.0.0.1:13: is silent; 127.0.0.1:12: is silent")
                .hasMessageContaining("3 rows were deleted at shards before 1");
    }

    @Test
    void whatEveryReplicaWouldSayIsTheAnswer() {
        answers("leader0", refused(QueryErrorCode.LIMIT_EXCEEDED));

        assertThatThrownBy(this::delete)
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        assertThat(asked).containsExactly("leader0");
    }

    @Test
    void waitsNoLongerThanItIsWanted() {
        answers.put("leader0", new CompletableFuture<>());

        assertThatThrownBy(this::delete)
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
    }
}
