package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.AbstractShardLogTest.Applied;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.log.Recorder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Six members in three zones, three replicas of each of four shards: a member appends to shards
/// that it keeps no replica of, and all that keep one come to the same.
@Timeout(300)
class SomeReplicasTest {
    private static final int NODES = 6;
    private static final int SHARDS = 4;
    private static final int COUNT = 60;

    @TempDir Path directory;

    private final List<Member> nodes = new ArrayList<>();
    private final Map<String, RaftNodeLog> logs = new HashMap<>();
    private final Map<String, Map<Integer, Applied>> applied = new HashMap<>();

    /// Whom members asked how far logs are committed, and of how many.
    private final Queue<String> questions = new ConcurrentLinkedQueue<>();

    private void startAll(int level) throws Exception {
        List<Integer> ports = FreePorts.take(2 * NODES);
        for (int i = 0; i < NODES; i++) {
            nodes.add(
                    new Member(
                            "n" + i,
                            new Address("127.0.0.1", ports.get(2 * i)),
                            new Address("127.0.0.1", ports.get(2 * i + 1)),
                            "z" + i % 3));
        }
        var members = new Members(SHARDS, 3, nodes);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var starts = new ArrayList<Future<?>>();
            for (Member node : nodes) {
                var log =
                        new RaftNodeLog(
                                new LocalFileStore(),
                                directory.resolve(node.id()),
                                new ClusterView(ClusterState.first(members, level)),
                                node.id(),
                                RaftSettings.DEFAULT,
                                others(),
                                Optional.empty(),
                                System::nanoTime);
                logs.put(node.id(), log);
                log.shard(NodeLog.CATALOG).start(0, (_, _) -> {});
                var told = new HashMap<Integer, Applied>();
                for (int shard = 0; shard < SHARDS; shard++) {
                    if (log.keeps(shard)) {
                        told.put(shard, new Applied());
                        log.shard(shard).start(0, told.get(shard));
                    }
                }
                applied.put(node.id(), told);
            }
            for (RaftNodeLog log : logs.values()) {
                starts.add(
                        threads.submit(
                                () -> {
                                    log.recover();
                                    return null;
                                }));
            }
            for (Future<?> start : starts) {
                start.get();
            }
        }
    }

    private RaftNodeLog log(String member) {
        return Objects.requireNonNull(logs.get(member));
    }

    private LeaderPort others() {
        return new LeaderPort() {
            @Override
            public CompletableFuture<AppendOutcome> append(
                    String member, int log, byte[] entry, int length) {
                RaftNodeLog target = logs.get(member);
                return target == null
                        ? CompletableFuture.failedFuture(new IOException("gone"))
                        : target.appendAsLeader(log, entry.clone(), length);
            }

            @Override
            public CompletableFuture<long[]> committed(String member, int[] asked) {
                questions.add(member + " " + asked.length);
                RaftNodeLog target = logs.get(member);
                return target == null
                        ? CompletableFuture.failedFuture(new IOException("gone"))
                        : target.committed(asked);
            }
        };
    }

    @AfterEach
    void closeAll() {
        logs.values().parallelStream().forEach(RaftNodeLog::close);
    }

    /// Appends values, from many at once.
    ///
    /// @return those that were committed; a machine that is very busy may miss the time of some
    private Set<Long> append(String member, int shard, long from, int count) throws Exception {
        var done = new CountDownLatch(count);
        var outcome = new Applied();
        for (long value = from; value < from + count; value++) {
            assertThat(
                            log(member)
                                    .shard(shard)
                                    .append(Recorder.entry(value), outcome.commit(value, done)))
                    .isTrue();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        return outcome.told.stream()
                .filter(line -> line.startsWith("committed "))
                .map(line -> Long.parseLong(line.split(" ")[2]))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /// Until some get through.
    private Set<Long> appendSome(String member, int shard, long from) throws Exception {
        Set<Long> committed = new HashSet<>();
        for (long next = from; committed.isEmpty(); next += COUNT) {
            committed.addAll(append(member, shard, next, COUNT));
        }
        return committed;
    }

    /// Before and after members ask one another how far their logs are committed.
    @ParameterizedTest
    @ValueSource(ints = {Levels.COMMITTED - 1, Levels.COMMITTED})
    void membersAppendToShardsThatOthersKeep(int level) throws Exception {
        startAll(level);
        for (Member node : nodes) {
            ShardMap map = log(node.id()).shardMap();
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(map.replicas(shard).stream().map(Member::zone))
                        .containsExactlyInAnyOrder("z0", "z1", "z2");
                assertThat(map.isHere(shard)).isEqualTo(log(node.id()).keeps(shard));
            }
        }
        String stranger = strangerTo(0);
        Set<Long> committed = appendSome(stranger, 0, 0);
        // its leader goes: entries get through at the next one, each once
        String leader =
                log(log(stranger).shardMap().replicas(0).getFirst().id())
                        .shardMap()
                        .leader(0)
                        .orElseThrow()
                        .id();
        RaftNodeLog closed = Objects.requireNonNull(logs.remove(leader));
        closed.close();
        committed.addAll(appendSome(stranger, 0, 1_000_000));
        for (int shard = 1; shard < SHARDS; shard++) {
            assertThat(appendSome(strangerTo(shard), shard, 0)).isNotEmpty();
        }
        List<List<Long>> replicas = new ArrayList<>();
        for (Map.Entry<String, RaftNodeLog> node : logs.entrySet()) {
            if (node.getValue().keeps(0)) {
                passed(node.getKey(), List.of(0));
                Applied told =
                        Objects.requireNonNull(
                                Objects.requireNonNull(applied.get(node.getKey())).get(0));
                replicas.add(told.values());
            }
        }
        assertThat(replicas).hasSize(2);
        assertThat(replicas.getFirst()).containsAll(committed).doesNotHaveDuplicates().isSorted();
        assertThat(replicas.get(1)).isEqualTo(replicas.getFirst());
    }

    private void passed(String member, List<Integer> asked) throws Exception {
        CompletableFuture.allOf(
                        log(member).caughtUp(asked).values().toArray(CompletableFuture[]::new))
                .get(30, TimeUnit.SECONDS);
    }

    private Applied applied(String member, int shard) {
        return Objects.requireNonNull(Objects.requireNonNull(applied.get(member)).get(shard));
    }

    /// Whatever one node has acknowledged another one has applied once its barrier is passed, while
    /// the leads of the logs go round and members ask for all of their logs at once.
    @Test
    void whatWasAcknowledgedElsewhereIsHereBehindTheBarrier() throws Exception {
        startAll(Levels.COMMITTED);
        var random = new Random(1);
        int asked = 0;
        for (int round = 0; round < 200; round++) {
            int shard = random.nextInt(SHARDS);
            String writer = "n" + random.nextInt(NODES);
            List<String> readers =
                    IntStream.range(0, NODES)
                            .mapToObj(i -> "n" + i)
                            .filter(id -> log(id).keeps(shard))
                            .toList();
            String reader = readers.get(random.nextInt(readers.size()));
            if (round % 20 == 19) {
                readers.forEach(id -> log(id).handOver(Duration.ofSeconds(2)));
            }
            Set<Long> committed = appendSome(writer, shard, 1_000_000L * round);
            List<Integer> here =
                    IntStream.concat(
                                    IntStream.range(0, SHARDS).filter(log(reader)::keeps),
                                    IntStream.of(NodeLog.CATALOG))
                            .boxed()
                            .toList();
            questions.clear();
            passed(reader, here);
            asked += questions.size();
            assertThat(applied(reader, shard).values())
                    .as("round %d, shard %d of %s", round, shard, reader)
                    .containsAll(committed);
        }
        assertThat(asked).as("questions to other members").isPositive();
        questions.clear();
        passed("n0", List.of(NodeLog.CATALOG, NodeLog.CATALOG));
        assertThat(questions).hasSizeLessThanOrEqualTo(1);
    }

    /// One that leads no more, or never did, says so, and whoever asked it asks the next one.
    @Test
    void aMemberThatDoesNotLeadSaysSo() throws Exception {
        startAll(Levels.COMMITTED);
        appendSome("n0", 0, 0);
        int[] logNumbers = {0, NodeLog.CATALOG};
        int leading = 0;
        for (Member node : nodes) {
            long[] indexes = log(node.id()).committed(logNumbers).get(30, TimeUnit.SECONDS);
            leading += (int) Arrays.stream(indexes).filter(i -> i != LeaderPort.UNKNOWN).count();
        }
        assertThat(leading).as("leaders of two logs").isEqualTo(2);
        assertThat(log("n0").committed(new int[] {77}).get(30, TimeUnit.SECONDS))
                .containsExactly(LeaderPort.UNKNOWN);
    }

    private String strangerTo(int shard) {
        return IntStream.range(0, NODES)
                .mapToObj(i -> "n" + i)
                .filter(logs::containsKey)
                .filter(id -> !log(id).keeps(shard))
                .findFirst()
                .orElseThrow();
    }
}
