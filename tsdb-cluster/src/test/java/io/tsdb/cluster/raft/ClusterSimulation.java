package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.toSet;

import io.tsdb.cluster.rebalance.PartServer;
import io.tsdb.cluster.rpc.PartPort;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartSummary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// Three nodes, their network, disks and clock, from a seed: writes at any of them, flushes and
/// merges, while messages come late, twice or never, nodes lose power and come back with what they
/// had synced, lose one another, and bits flip in their parts. One thread steps; the threads of a
/// store are waited for after each step, but for flushes and merges, which run on: those of one
/// node may be behind in real time by any number of steps. What needs them waits for them.
///
/// What holds at any time: who has come to all that is committed has every acknowledged point, and
/// none that was not sent. What holds once all is quiet: all have the same points; and where no bit
/// has flipped, which is the one half of all seeds, the same parts, byte by byte.
final class ClusterSimulation implements SimulatedNode.World, AutoCloseable {
    private static final int NODES = 3;
    private static final int SHARDS = 2;
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    /// Of like size: they are more than three times the largest of them.
    private static final int PARTS_FOR_A_MERGE = 4;

    /// After so many points there are new fields and tags.
    private static final int NAMES_EVERY = 50;

    /// Time of the first point, and of the clock when it begins: nanoseconds since 1970.
    private static final long BEGINNING = 1_700_000_000L * SECOND;

    private static final long RETENTION_NANOS = 60 * SECOND;

    /// Longer than an append is tried.
    private static final long QUIET_NANOS = 25 * SECOND;

    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final SimulatedRaft raft;
    private final SimulatedNode spared;

    /// By series and time.
    private final Map<String, Long> sent = new HashMap<>();

    private final Map<String, Long> acknowledged = new HashMap<>();

    /// What some answer had: later ones have it, too.
    private final Map<String, Long> seen = new HashMap<>();

    private final Map<String, Integer> counts = new TreeMap<>();

    /// Points that were written, some of which are written again.
    private final List<Again> again = new ArrayList<>();

    private final boolean damages;
    private int points;

    /// Number of the newest fields and tags.
    private int names;

    private boolean namesAreNew;

    private record Again(String line, String key, long value) {}

    ClusterSimulation(Path machine, long seed) throws IOException {
        this.random = new Random(seed);
        this.damages = seed % 2 == 0;
        var logs = new ArrayList<>(IntStream.range(0, SHARDS).boxed().toList());
        logs.add(NodeLog.CATALOG);
        this.raft = new SimulatedRaft(time, random, nodes, logs);
        for (int node = 0; node < NODES; node++) {
            nodes.add(new SimulatedNode(this, node, machine, random.nextLong()));
        }
        this.spared = nodes.get(random.nextInt(NODES));
        for (SimulatedNode node : nodes) {
            node.start();
        }
        raft.begin();
        watchLater();
    }

    private void watchLater() {
        time.later(
                () -> {
                    nodes.forEach(SimulatedNode::watch);
                    watchLater();
                },
                100 * MILLI);
    }

    @Override
    public VirtualTime time() {
        return time;
    }

    @Override
    public SimulatedRaft raft() {
        return raft;
    }

    @Override
    public int shardCount() {
        return SHARDS;
    }

    @Override
    public long newOrigin() {
        return random.nextLong();
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    @Override
    public void told(String text) {
        if (text.contains("exchanged")) {
            count("parts exchanged");
        } else {
            count(text.contains("copied") ? "parts copied" : "parts nobody could give");
        }
    }

    /// What happened how often.
    synchronized Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    /// Of twenty messages one is lost, and whoever sent it hears of it late; one in twenty comes
    /// twice.
    @Override
    public CompletableFuture<AppendOutcome> append(int from, int to, int log, byte[] entry) {
        var answer = new CompletableFuture<AppendOutcome>();
        long delay = from == to ? 0 : random.nextLong(15 * MILLI);
        int fate = from == to ? 0 : random.nextInt(20);
        if (fate == 1) {
            count("questions lost");
            time.later(() -> answer.completeExceptionally(lost()), 3 * SECOND);
            return answer;
        }
        if (fate == 2) {
            count("questions twice");
            time.later(() -> raft.append(log, to, entry), delay + random.nextLong(SECOND));
        }
        time.later(
                () ->
                        raft.append(log, to, entry)
                                .whenComplete(
                                        (outcome, failure) ->
                                                answer(from == to, answer, outcome, failure)),
                delay);
        return answer;
    }

    private void answer(
            boolean isOwn,
            CompletableFuture<AppendOutcome> answer,
            AppendOutcome outcome,
            Throwable failure) {
        if (!isOwn && random.nextInt(20) == 0) {
            count("answers lost");
            time.later(() -> answer.completeExceptionally(lost()), 3 * SECOND);
            return;
        }
        time.later(
                () -> {
                    if (failure == null) {
                        answer.complete(outcome);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                },
                isOwn ? 0 : random.nextLong(15 * MILLI));
    }

    private static IOException lost() {
        return new IOException("has said nothing for 3000 ms");
    }

    private static Member member(int node) {
        return new Member(
                "" + node,
                new Address("127.0.0.1", 1 + node),
                new Address("127.0.0.1", 101 + node));
    }

    @Override
    public ShardMap map(int node) {
        List<Member> all = IntStream.range(0, NODES).mapToObj(one -> member(one)).toList();
        return new ShardMap() {
            @Override
            public Member self() {
                return all.get(node);
            }

            @Override
            public List<Member> members() {
                return all;
            }

            @Override
            public int shardCount() {
                return SHARDS;
            }

            @Override
            public List<Member> replicas(int shard) {
                return all;
            }

            @Override
            public Optional<Member> leader(int shard) {
                int leader = raft.leader(shard);
                return leader == SimulatedRaft.NOBODY
                        ? Optional.empty()
                        : Optional.of(all.get(leader));
            }

            @Override
            public long epoch() {
                return 0;
            }
        };
    }

    private interface Asking {
        byte[] ask(PartServer server) throws IOException;
    }

    @Override
    public PartPort parts(int from) {
        return new PartPort() {
            @Override
            public CompletableFuture<byte[]> list(String member, int shard, byte[] request) {
                return ask(member, server -> server.list(shard, request));
            }

            @Override
            public CompletableFuture<byte[]> read(String member, int shard, byte[] request) {
                return ask(member, server -> server.read(shard, request));
            }

            private CompletableFuture<byte[]> ask(String member, Asking asking) {
                SimulatedNode asked = nodes.get(Integer.parseInt(member));
                if (!asked.isThere() || !nodes.get(from).isThere() || random.nextInt(20) == 0) {
                    return CompletableFuture.failedFuture(lost());
                }
                try {
                    return CompletableFuture.completedFuture(asking.ask(asked.server()));
                } catch (IOException e) {
                    return CompletableFuture.failedFuture(e);
                }
            }
        };
    }

    private Optional<SimulatedNode> anyUp() {
        List<SimulatedNode> up = nodes.stream().filter(SimulatedNode::isUp).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(up.get(random.nextInt(up.size())));
    }

    /// Lives through steps as they come, and then until all is quiet.
    void run(int steps) throws IOException {
        time.run(5 * SECOND);
        writeUntilAcknowledged(1);
        for (int step = 0; step < steps; step++) {
            step();
            time.run(random.nextLong(300 * MILLI));
        }
        settle();
    }

    /// Lives until a node loses power while it merges, and the others flush on before it is back:
    /// then all have the same parts.
    ///
    /// @param behind flushes that it still comes to, with what is merged at them
    void interruptAMerge(int behind) throws IOException {
        time.run(5 * SECOND);
        SimulatedNode unlucky = nodes.getLast();
        flushUntilAMergeIsHeld(unlucky);
        for (int part = 0; part < behind; part++) {
            flushSome();
        }
        crash(unlucky);
        flushSome();
        flushSome();
        unlucky.start();
        time.run(QUIET_NANOS);
        awaitSameParts();
    }

    /// Lives until another node begins its replicas with copies of parts that are being merged, or
    /// are to be: then all have the same parts.
    ///
    /// @param behind flushes that the node which is copied has come to meanwhile
    void copyAmidAMerge(int behind) throws IOException {
        time.run(5 * SECOND);
        SimulatedNode source = nodes.getFirst();
        flushUntilAMergeIsHeld(source);
        for (int part = 0; part < behind; part++) {
            flushSome();
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            nodes.getLast().take(shard, source);
        }
        source.letMergesGo();
        flushSome();
        awaitSameParts();
    }

    /// Lives until the oldest part has expired and one node has removed it, at a time of its own,
    /// before all merge what is there: then all have the same parts.
    void expireBeforeAMerge() throws IOException {
        time.run(5 * SECOND);
        SimulatedNode early = nodes.getFirst();
        setRetention();
        for (int part = 1; part < PARTS_FOR_A_MERGE; part++) {
            flushSome();
        }
        while (oldest(early) + RETENTION_NANOS >= BEGINNING + time.nanos()) {
            time.run(SECOND);
        }
        time.run(SECOND);
        early.expire();
        flushSome();
        nodes.forEach(SimulatedNode::expire);
        awaitSameParts();
    }

    /// Lives until all has expired and nobody writes: the parts go once the leader has had heads
    /// cut for that, and not before, since no cut says that they may.
    void expireWhileNobodyWrites() {
        time.run(5 * SECOND);
        setRetention();
        flushSome();
        time.run(2 * RETENTION_NANOS);
        nodes.forEach(SimulatedNode::expire);
        assertThat(contents(0)).singleElement().satisfies(all -> assertThat(all).isNotEmpty());
        nodes.getFirst().compactAsLeader();
        time.run(QUIET_NANOS);
        nodes.forEach(SimulatedNode::awaitFlushes);
        nodes.forEach(SimulatedNode::expire);
        for (int shard = 0; shard < SHARDS; shard++) {
            assertThat(contents(shard)).containsExactly(Set.of());
        }
    }

    private void setRetention() {
        writeUntilAcknowledged(1);
        CompletableFuture<Boolean> kept =
                nodes.getFirst().keepFor(Duration.ofNanos(RETENTION_NANOS));
        while (!kept.isDone()) {
            time.run(MILLI);
            Thread.onSpinWait();
        }
        assertThat(kept.join()).isTrue();
    }

    /// The oldest of the newest times of a node's parts.
    private static long oldest(SimulatedNode node) {
        return IntStream.range(0, SHARDS)
                .mapToObj(shard -> node.parts(shard).listing().parts())
                .flatMap(List::stream)
                .mapToLong(PartSummary::maxTime)
                .min()
                .orElseThrow();
    }

    private void flushUntilAMergeIsHeld(SimulatedNode node) throws IOException {
        node.holdMerges();
        for (int part = 0; part < PARTS_FOR_A_MERGE; part++) {
            flushSome();
        }
        await(node::isMergeHeld, "a merge");
    }

    private void awaitSameParts() {
        for (int shard = 0; shard < SHARDS; shard++) {
            int compared = shard;
            await(() -> contents(compared).size() == 1, "the same parts at all");
        }
    }

    private void flushSome() {
        writeUntilAcknowledged(40);
        nodes.getFirst().flush();
        time.run(QUIET_NANOS);
        nodes.stream().filter(SimulatedNode::isUp).forEach(SimulatedNode::awaitFlushes);
    }

    /// What nodes have as parts of a shard.
    private Set<Set<PartSummary.Content>> contents(int shard) {
        return nodes.stream()
                .map(node -> node.parts(shard).listing().parts())
                .map(parts -> parts.stream().map(PartSummary::content).collect(toSet()))
                .collect(toSet());
    }

    /// Waits for what threads of stores do.
    private static void await(BooleanSupplier done, String what) {
        long until = System.nanoTime() + 60 * SECOND;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(50_000);
        }
    }

    /// What is new is defined on a thread of its own; so that happens before anything else does.
    private void writeUntilAcknowledged(int count) {
        String first = null;
        while (first == null || !isAcknowledged(first)) {
            List<SimulatedNode> up = nodes.stream().filter(SimulatedNode::isUp).toList();
            first = write(up.get(random.nextInt(up.size())), count);
            String waited = first;
            long until = time.nanos() + QUIET_NANOS;
            while (!isAcknowledged(waited) && time.nanos() < until) {
                time.run(MILLI);
                Thread.onSpinWait();
            }
        }
    }

    private boolean isAcknowledged(String point) {
        synchronized (sent) {
            return acknowledged.containsKey(point);
        }
    }

    /// What a node asks to be defined it writes when it is told that it is, by a thread of its own:
    /// so that is waited for, where it comes to an end.
    private void nameSomethingNew() {
        if (nodes.stream().allMatch(SimulatedNode::isThere)) {
            names = points / NAMES_EVERY;
            namesAreNew = true;
            writeUntilAcknowledged(1);
            namesAreNew = false;
            count("new names");
        }
    }

    private void step() throws IOException {
        if (points / NAMES_EVERY > names) {
            nameSomethingNew();
        }
        switch (random.nextInt(16)) {
            case 0 -> anyUp().ifPresent(this::crash);
            case 1, 2 -> startOne();
            case 3 -> isolateOrRejoin();
            case 4 -> {
                count("leads lost");
                raft.loseLead(random.nextInt(SHARDS));
            }
            case 5, 6 -> anyUp().ifPresent(this::flush);
            case 7 -> anyUp().ifPresent(this::damage);
            case 8, 9 -> anyUp().ifPresent(this::check);
            default -> anyUp().ifPresent(node -> write(node, 1 + random.nextInt(40)));
        }
    }

    /// @return the key of the last point
    private String write(SimulatedNode node, int count) {
        var lines = new StringBuilder();
        var written = new HashMap<String, Long>();
        String last = "";
        for (int i = 0; i < count; i++) {
            last = point(lines, written);
        }
        synchronized (sent) {
            sent.putAll(written);
        }
        node.write(
                lines.toString(),
                outcome -> {
                    if (outcome instanceof PointSink.WriteResult.Acknowledged) {
                        synchronized (sent) {
                            acknowledged.putAll(written);
                        }
                        count("writes acknowledged");
                    } else {
                        count("writes refused");
                    }
                });
        return last;
    }

    /// Writes down a point, and perhaps one of before again. The longer it goes on, the more fields
    /// and tags there are: replicas learn of them sooner or later than they write the same rows.
    ///
    /// @return its key
    private String point(StringBuilder target, Map<String, Long> written) {
        var tags = new TreeMap<String, String>();
        tags.put("dev", "d" + random.nextInt(12));
        if (names > 0 && (namesAreNew || random.nextInt(8) == 0)) {
            tags.put("t" + names, "x");
        }
        String more =
                names > 0 && (namesAreNew || random.nextInt(4) == 0)
                        ? ",f%d=%d".formatted(names, points)
                        : "";
        long at = BEGINNING + points * SECOND;
        long value = points++;
        var line = new StringBuilder(SimulatedNode.MEASUREMENT);
        tags.forEach((tag, text) -> line.append(',').append(tag).append('=').append(text));
        line.append(" n=%di%s %d\n".formatted(value, more, at));
        target.append(line);
        String key = SeriesKey.of(SimulatedNode.MEASUREMENT, tags) + " " + at;
        written.put(key, value);
        if (random.nextInt(8) == 0 && !again.isEmpty()) {
            Again before = again.get(random.nextInt(again.size()));
            target.append(before.line());
            written.put(before.key(), before.value());
        }
        again.add(new Again(line.toString(), key, value));
        return key;
    }

    private void crash(SimulatedNode node) {
        count("power losses");
        try {
            node.crash();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void startOne() throws IOException {
        for (SimulatedNode node : nodes) {
            if (!node.isUp()) {
                count("starts");
                node.start();
                return;
            }
        }
    }

    private void isolateOrRejoin() {
        SimulatedNode node = nodes.get(random.nextInt(NODES));
        if (node.isThere()) {
            count("partitions");
            node.isolate();
        } else {
            node.rejoin();
        }
    }

    private void flush(SimulatedNode node) {
        count("flushes");
        node.flush();
        time.run(random.nextLong(500 * MILLI));
    }

    /// A bit flips in a part. One disk is spared: what is damaged on all is lost.
    private void damage(SimulatedNode node) {
        if (node.equals(spared) || !damages) {
            return;
        }
        int shard = random.nextInt(SHARDS);
        List<PartSummary> parts = node.parts(shard).listing().parts();
        if (parts.isEmpty()) {
            return;
        }
        PartSummary part = parts.get(random.nextInt(parts.size()));
        try (DataFile file = node.disk().open(part.id().parquetFile(node.shardDirectory(shard)))) {
            long offset = random.nextLong(part.parquetBytes());
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8))).rewind();
            file.write(one, offset);
            file.sync();
            count("bits flipped");
        } catch (IOException e) {
            count("parts that went"); // by a merge
        }
    }

    /// What a query at a node that has come to everything finds.
    private void check(SimulatedNode node) {
        var found = new HashMap<String, Long>();
        try {
            for (int shard = 0; shard < SHARDS; shard++) {
                if (!node.isThere() || node.reached(shard) < raft.committed(shard)) {
                    return; // it asks another one
                }
                found.putAll(node.rows(shard));
            }
        } catch (CorruptDataException e) {
            count("damages met by a query");
            return; // another one is asked, and the part is mended meanwhile
        }
        synchronized (sent) {
            assertThat(sent).as("points that nobody sent").containsAllEntriesOf(found);
            assertThat(found).as("lost").containsAllEntriesOf(acknowledged);
            assertThat(found).as("seen before").containsAllEntriesOf(seen);
        }
        seen.putAll(found);
        count("answers");
    }

    /// What is new is defined on a thread of its own, in real time, and its points may come behind
    /// the cut.
    ///
    /// @return whether all rows are in parts
    private boolean flushAll() {
        nodes.getFirst().flush();
        time.run(QUIET_NANOS);
        nodes.forEach(SimulatedNode::awaitFlushes);
        return nodes.stream().allMatch(SimulatedNode::isFlushed);
    }

    /// No more faults: all are there, and come to the same.
    private void settle() throws IOException {
        for (SimulatedNode node : nodes) {
            node.rejoin();
            if (!node.isUp()) {
                node.start();
            }
        }
        time.run(QUIET_NANOS);
        mendAll();
        for (int round = 0; round < 2; round++) {
            await(this::flushAll, "all rows in parts");
        }
        mendAll();
        if (!damages) {
            count("compared byte by byte");
            awaitSameParts();
        }
        var all = new HashMap<String, Long>();
        for (int shard = 0; shard < SHARDS; shard++) {
            Map<String, Long> first = nodes.getFirst().rows(shard);
            for (SimulatedNode node : nodes) {
                assertThat(node.reached(shard)).isEqualTo(raft.committed(shard));
                assertThat(node.rows(shard)).isEqualTo(first);
            }
            all.putAll(first);
        }
        assertThat(all).as("lost").containsAllEntriesOf(acknowledged);
        assertThat(all).as("seen before").containsAllEntriesOf(seen);
        assertThat(sent).as("points that nobody sent").containsAllEntriesOf(all);
    }

    /// Every node reads all its parts, until none is damaged. A part whose rows the others have in
    /// other parts is mended once they have been flushed to the same entry here and there, so a
    /// round begins when all flushes that the log has asked for are done.
    private void mendAll() throws IOException {
        for (int round = 0; round < 20; round++) {
            nodes.forEach(SimulatedNode::awaitFlushes);
            Set<String> damaged = new HashSet<>();
            for (int node = 0; node < NODES; node++) {
                for (int shard = 0; shard < SHARDS; shard++) {
                    nodes.get(node).server().list(shard, new byte[] {1});
                    for (String text : nodes.get(node).parts(shard).damaged().values()) {
                        damaged.add("node " + node + ": " + text);
                    }
                }
            }
            if (damaged.isEmpty()) {
                return;
            }
            time.run(SECOND);
            if (round == 19) {
                throw new AssertionError("not mended: " + damaged);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SimulatedNode node : nodes) {
            node.close();
        }
    }
}
