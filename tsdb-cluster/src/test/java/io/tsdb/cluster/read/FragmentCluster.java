package io.tsdb.cluster.read;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.FreePorts;
import io.tsdb.cluster.rpc.DataClients;
import io.tsdb.cluster.rpc.DataPort;
import io.tsdb.cluster.rpc.FragmentPort;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.QueryEngine;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.schema.Catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// Three nodes with shards in memory behind data ports on this machine. Shard 0 is at nodes 0 and
/// 1, 1 at 1 and 2, 2 at 2 and 0. Queries are asked at node 0.
final class FragmentCluster implements AutoCloseable {
    static final int ROWS_PER_SHARD = 20_000;

    private static final String DATABASE = "db";
    private static final int SIZE = 3;
    private static final int FRAME_BYTES_MAX = 16 << 20;

    private final Catalog catalog = new Catalog();
    private final List<TestNode> nodes = new ArrayList<>();
    private final List<MemoryShard> all = new ArrayList<>();
    private final ThreadPoolExecutor threads = (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
    private final ThreadPoolExecutor served = (ThreadPoolExecutor) Executors.newFixedThreadPool(4);
    private final Members members;
    private final DataClients clients;
    private ClusterFragmentRunner runner;

    /// A node: its replicas, and its side of the data port.
    final class TestNode implements LocalShards {
        final Member member;
        final Map<Integer, MemoryShard> shards = new HashMap<>();
        final DataPort port;
        volatile CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);
        volatile boolean damaged;

        /// Of a shard that is opened so often, a part turns out to be damaged.
        final AtomicInteger breaks = new AtomicInteger();

        private final FragmentServer server;

        TestNode(Member member, Members members) {
            this.member = member;
            this.server = new FragmentServer(this, served, System::nanoTime, budget(), 256L << 20);
            try {
                this.port =
                        new DataPort(
                                member.data(),
                                FragmentCluster.greeting(member, members),
                                FRAME_BYTES_MAX,
                                NodeSockets.PLAIN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            port.serveFragments(server);
        }

        MemoryShard replica(int shard) {
            return Objects.requireNonNull(shards.get(shard));
        }

        Greeting greeting() {
            return FragmentCluster.greeting(member, members);
        }

        @Override
        public Optional<? extends ScanSource> shard(int number) {
            MemoryShard whole = shards.get(number);
            return whole == null
                    ? Optional.empty()
                    : Optional.of((database, measurement) -> open(whole, database, measurement));
        }

        private Optional<MeasurementScan> open(
                MemoryShard whole, String database, String measurement) {
            if (breaks.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new CorruptDataException("part", 0, "checksum");
            }
            return whole.open(database, measurement);
        }

        @Override
        public Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> numbers) {
            return numbers.stream().collect(Collectors.toMap(one -> one, _ -> barrier));
        }

        @Override
        public long catalogIndex() {
            return catalog.appliedIndex();
        }

        @Override
        public boolean isDamaged(int number) {
            return damaged;
        }

        @Override
        public void damaged(int number) {
            damaged = true;
        }
    }

    private final ShardMap map =
            new ShardMap() {
                @Override
                public Member self() {
                    return nodes.getFirst().member;
                }

                @Override
                public List<Member> members() {
                    return members.members();
                }

                @Override
                public int shardCount() {
                    return SIZE;
                }

                @Override
                public List<Member> replicas(int shard) {
                    return List.of(nodes.get(shard).member, nodes.get((shard + 1) % SIZE).member);
                }

                @Override
                public Optional<Member> leader(int shard) {
                    return Optional.empty();
                }

                @Override
                public long epoch() {
                    return 0;
                }
            };

    FragmentCluster() {
        catalog.createDatabase(DATABASE);
        List<Integer> ports;
        try {
            ports = FreePorts.take(SIZE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var list = new ArrayList<Member>();
        for (int i = 0; i < SIZE; i++) {
            list.add(
                    new Member(
                            "node" + i,
                            new Address("127.0.0.1", 1 + i),
                            new Address("127.0.0.1", ports.get(i))));
        }
        members = new Members(SIZE, 3, list);
        list.forEach(member -> nodes.add(new TestNode(member, members)));
        for (int shard = 0; shard < SIZE; shard++) {
            var points = new ArrayList<TestPoint>();
            for (int row = 0; row < ROWS_PER_SHARD; row++) {
                points.add(
                        new TestPoint(
                                "m", Map.of("shard", "s" + shard), row, Map.of("v", (long) row)));
            }
            all.add(memory(shard, points));
            nodes.get(shard).shards.put(shard, memory(shard, points));
            nodes.get((shard + 1) % SIZE).shards.put(shard, memory(shard, points));
        }
        clients =
                new DataClients(
                        () -> greeting(list.getFirst(), members),
                        () -> members,
                        FRAME_BYTES_MAX,
                        NodeSockets.PLAIN,
                        System::nanoTime);
        runner = runner(clients);
    }

    private static Greeting greeting(Member member, Members members) {
        return new Greeting(member, members.shardCount(), 3, Optional.of(members));
    }

    private static MemoryBudget budget() {
        return new MemoryBudget(1L << 30, Duration.ZERO);
    }

    private MemoryShard memory(int shard, List<TestPoint> points) {
        var memory = new MemoryShard(catalog, DATABASE, new MemoryShard.Layout(shard, 1024, false));
        memory.add(points);
        return memory;
    }

    /// Adds points to both replicas of a shard.
    void addTo(int shard, List<TestPoint> points) {
        nodes.get(shard).replica(shard).add(points);
        nodes.get((shard + 1) % SIZE).replica(shard).add(points);
    }

    private ClusterFragmentRunner runner(FragmentPort port) {
        TestNode asking = nodes.getFirst();
        return new ClusterFragmentRunner(
                map, asking, port, asking.server, threads, System::nanoTime);
    }

    /// Has queries go through another port from now on.
    void through(FragmentPort port) {
        runner.close();
        runner = runner(port);
    }

    TestNode node(int number) {
        return nodes.get(number);
    }

    DataClients clients() {
        return clients;
    }

    ClusterFragmentRunner runner() {
        return runner;
    }

    long rowCount() {
        return (long) SIZE * ROWS_PER_SHARD;
    }

    static Session session() {
        return Session.of(DATABASE);
    }

    QueryEngine engine() {
        return engine(runner);
    }

    private QueryEngine engine(FragmentRunner fragments) {
        return new QueryEngine(
                catalog,
                fragments,
                new NoDatabases(),
                InstantSource.system(),
                System::nanoTime,
                QueryLimits.DEFAULT,
                budget());
    }

    QueryResult execute(String sql) {
        return engine().execute(sql, session());
    }

    QueryResult executeLocally(String sql) {
        return engine(new LocalFragmentRunner(all, threads)).execute(sql, session());
    }

    /// Waits until no replica is read any more: what is not wanted any more is told, and ends.
    void awaitNoScans() {
        await(
                () ->
                        nodes.stream()
                                .flatMap(node -> node.shards.values().stream())
                                .allMatch(shard -> shard.openScans() == 0));
    }

    /// Waits until no node works for another one.
    void awaitServedIdle() {
        await(() -> served.getActiveCount() == 0 && served.getQueue().isEmpty());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("it did not come about within 30 s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        runner.close();
        clients.close();
        for (TestNode node : nodes) {
            node.port.close();
            node.server.close();
        }
        served.close();
        threads.close();
    }

    private static final class NoDatabases implements DatabaseControl {
        @Override
        public boolean create(String database) {
            return false;
        }

        @Override
        public long delete(ScanSpec rows, QueryControl control) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public boolean drop(String database) {
            return false;
        }
    }
}
