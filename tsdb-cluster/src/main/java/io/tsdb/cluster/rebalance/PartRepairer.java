package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.rpc.PartPort;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.part.PartCopy;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.shard.ReplicaParts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Makes damaged parts of this node whole again, from whichever other replica has the same bytes:
/// as soon as a damage is found, and again and again while nobody can help. Queries are answered
/// elsewhere meanwhile. Any thread; one part is mended at a time.
public final class PartRepairer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartRepairer.class);
    private static final long AGAIN_MILLIS_MIN = 1_000;
    private static final int DOUBLINGS_MAX = 8;

    /// The network and the other node's disk have other work, too.
    private static final long COPY_BYTES_PER_SECOND = 64L << 20;

    /// What became of a part.
    enum State {
        WHOLE,
        MENDED,
        DAMAGED,
        GONE
    }

    record Outcome(State state, String text) {}

    private final ShardMap map;
    private final PartPort port;
    private final Consumer<String> told;
    private final Ticker ticker;
    private final Map<Integer, ReplicaParts> replicas = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> failures = new ConcurrentHashMap<>();
    private final Set<Integer> waiting = ConcurrentHashMap.newKeySet();
    private final Set<PartSummary> given = ConcurrentHashMap.newKeySet();
    private final LongAdder mendedCount = new LongAdder();
    private final LongAdder failedCount = new LongAdder();
    private final ReentrantLock mending = new ReentrantLock();
    private final Later later;
    private volatile boolean closing;

    /// Runs something after a while, on a thread that may wait.
    @FunctionalInterface
    public interface Later {
        void run(Runnable work, long millis);
    }

    /// @param told what was mended, and what cannot be
    /// @param ticker monotonic clock
    public PartRepairer(
            ShardMap map, PartPort port, Consumer<String> told, Ticker ticker, Later later) {
        this.map = map;
        this.port = port;
        this.told = told;
        this.ticker = ticker;
        this.later = later;
    }

    /// Looks after a shard of this node from now on, and after what is damaged already.
    public void watch(int shard, ReplicaParts parts) {
        replicas.put(shard, parts);
        parts.onDamage(() -> soon(shard, 0));
        if (!parts.damaged().isEmpty()) {
            soon(shard, 0);
        }
    }

    /// A shard is no longer here, and neither are its parts.
    public void forget(int shard) {
        replicas.remove(shard);
        failures.remove(shard);
    }

    /// Parts that were made whole since the start.
    public long mendedCount() {
        return mendedCount.sum();
    }

    /// How often nobody could help.
    public long failedCount() {
        return failedCount.sum();
    }

    private void soon(int shard, long millis) {
        try {
            later.run(() -> mendAll(shard), millis);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: parts of shard {} are mended at the next start", shard, e);
        }
    }

    private void mendAll(int shard) {
        waiting.remove(shard);
        ReplicaParts parts = replicas.get(shard);
        if (parts == null || closing) {
            return;
        }
        boolean isLeft = false;
        try {
            for (PartSummary part : parts.damaged().keySet()) {
                isLeft |= mend(shard, parts, part).state() == State.DAMAGED;
            }
        } catch (IOException | RuntimeException e) { // the next try must come
            LOG.warn("parts of shard {} were not mended", shard, e);
            isLeft = true;
        }
        if (!isLeft) {
            failures.remove(shard);
        } else if (waiting.add(shard)) {
            int doublings = Math.min(failures.merge(shard, 1, Integer::sum) - 1, DOUBLINGS_MAX);
            soon(shard, AGAIN_MILLIS_MIN << doublings);
        }
    }

    /// Reads every part of a shard of this node, and mends what is damaged.
    PartListing check(int shard) throws IOException {
        ReplicaParts parts = parts(shard);
        var mended = new ArrayList<String>();
        var damaged = new ArrayList<String>();
        for (PartSummary part : parts.listing().parts()) {
            ReplicaParts.Checked found = parts.check(part);
            switch (found.state()) {
                case WHOLE, GONE -> {}
                case INDEX_MENDED -> mended.add(found.text() + "; made anew from the Parquet file");
                case DAMAGED -> {
                    Outcome outcome = mend(shard, parts, part);
                    switch (outcome.state()) {
                        case MENDED -> mended.add(outcome.text());
                        case DAMAGED -> damaged.add(outcome.text());
                        // what this check has found is mended in the background, too
                        case WHOLE -> mended.add(found.text() + "; whole again meanwhile");
                        case GONE -> {}
                    }
                }
            }
        }
        ReplicaParts.Listing now = parts.listing();
        return new PartListing(now.logIndex(), now.parts(), mended, damaged);
    }

    /// What the parts of a shard are, as the manifest says.
    PartListing list(int shard) throws IOException {
        ReplicaParts.Listing now = parts(shard).listing();
        return new PartListing(now.logIndex(), now.parts(), List.of(), List.of());
    }

    /// @throws IOException when this node has no replica
    ReplicaParts parts(int shard) throws IOException {
        ReplicaParts parts = replicas.get(shard);
        if (parts == null) {
            throw new IOException("has no replica of shard " + shard);
        }
        return parts;
    }

    /// Makes a part whole that is damaged, unless it is so already.
    private Outcome mend(int shard, ReplicaParts parts, PartSummary part) throws IOException {
        mending.lock();
        try {
            if (closing) {
                return new Outcome(State.DAMAGED, "the node is closing");
            }
            ReplicaParts.Checked found = parts.check(part);
            return switch (found.state()) {
                case WHOLE, INDEX_MENDED -> {
                    parts.mended(part); // somebody was faster, or put the file back
                    yield new Outcome(State.WHOLE, found.text());
                }
                case GONE -> {
                    parts.mended(part);
                    yield new Outcome(State.GONE, "");
                }
                case DAMAGED -> copied(shard, parts, part, found.text());
            };
        } finally {
            mending.unlock();
        }
    }

    private Outcome copied(int shard, ReplicaParts parts, PartSummary part, String damage)
            throws IOException {
        var reasons = new ArrayList<String>();
        for (Member member : others(shard)) {
            try {
                copy(member, shard, parts, part, parts.copy(part));
            } catch (IOException | CorruptDataException e) {
                reasons.add(member.data() + ": " + e.getMessage());
                continue;
            }
            if (!parts.mended(part)) {
                return new Outcome(State.GONE, "");
            }
            return mended(
                    shard, part, damage + "; copied from " + member.id() + ", and whole again");
        }
        for (Member member : others(shard)) {
            try {
                PartExchange.Possible done = exchange(member, shard, parts, part);
                return mended(
                        shard,
                        part,
                        "%s; merged elsewhere: %d parts were exchanged for %d of %s"
                                .formatted(
                                        damage,
                                        done.removed().size(),
                                        done.added().size(),
                                        member.id()));
            } catch (IOException | CorruptDataException e) {
                reasons.add(member.data() + ": " + e.getMessage());
            }
        }
        if (replicas.get(shard) != parts) {
            return new Outcome(State.GONE, ""); // with its shard
        }
        failedCount.increment();
        String text =
                damage
                        + "; no other member could give it"
                        + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons));
        LOG.warn("shard {}: {}", shard, text);
        if (given.add(part)) {
            told.accept("shard " + shard + ": " + text);
        }
        return new Outcome(State.DAMAGED, text);
    }

    private Outcome mended(int shard, PartSummary part, String text) {
        mendedCount.increment();
        given.remove(part);
        LOG.info("shard {}: {}", shard, text);
        told.accept("shard " + shard + ": " + text);
        return new Outcome(State.MENDED, text);
    }

    /// Takes what another member has of a measurement in place of own parts.
    ///
    /// @return what was exchanged
    /// @throws IOException also when it cannot be done as both stand now
    private PartExchange.Possible exchange(
            Member member, int shard, ReplicaParts parts, PartSummary damaged) throws IOException {
        MeasurementId measurement = damaged.id().measurement();
        byte[] request = MeasurementListing.request(measurement);
        ReplicaParts.OfMeasurement theirs =
                MeasurementListing.of(measurement, joined(port.list(member.id(), shard, request)));
        return switch (PartExchange.plan(damaged, parts.ofMeasurement(measurement), theirs)) {
            case PartExchange.NotNow(String reason) -> throw new IOException(reason);
            case PartExchange.Possible plan -> {
                take(member, shard, parts, plan, theirs.deletes());
                yield plan;
            }
        };
    }

    private void take(
            Member member,
            int shard,
            ReplicaParts parts,
            PartExchange.Possible plan,
            List<Tombstone> deletes)
            throws IOException {
        var added = new ArrayList<PartSummary>();
        boolean done = false;
        try {
            for (PartSummary part : plan.added()) {
                added.add(copy(member, shard, parts, part, parts.copyNew(part)));
            }
            done = parts.exchange(plan.removed(), added, deletes);
        } finally {
            if (!done) {
                parts.discard(added);
            }
        }
        if (!done) {
            throw new IOException("has its rows in other parts, but parts here came or went");
        }
    }

    /// The leader last: it has most to do.
    private List<Member> others(int shard) {
        Member leader = map.leader(shard).orElse(null);
        return map.replicas(shard).stream()
                .filter(member -> !member.equals(map.self()))
                .sorted(Comparator.comparing(member -> member.equals(leader)))
                .toList();
    }

    /// @param part as the member is asked for it
    /// @param copy where it goes
    /// @return the part as it is here now
    private PartSummary copy(
            Member member, int shard, ReplicaParts parts, PartSummary part, PartCopy copy)
            throws IOException {
        try (copy) {
            long began = ticker.nanos();
            while (!copy.isComplete()) {
                if (closing || replicas.get(shard) != parts) {
                    throw new IOException(
                            closing ? "the node is closing" : "the shard has gone from here");
                }
                PieceRequest piece = PieceRequest.of(part, copy.sizeBytes());
                byte[] bytes = read(member, shard, piece);
                if (bytes.length != piece.length()) {
                    throw new IOException(
                            "its file ends at " + (copy.sizeBytes() + bytes.length) + " bytes");
                }
                copy.add(bytes);
                keepPace(began, copy.sizeBytes());
            }
            return copy.finish();
        }
    }

    private void keepPace(long began, long bytes) {
        long due = began + bytes * TimeUnit.SECONDS.toNanos(1) / COPY_BYTES_PER_SECOND;
        for (long left = due - ticker.nanos(); left > 0 && !closing; left = due - ticker.nanos()) {
            LockSupport.parkNanos(left);
        }
    }

    private byte[] read(Member member, int shard, PieceRequest piece) throws IOException {
        return joined(port.read(member.id(), shard, piece.toBytes()));
    }

    private static byte[] joined(CompletableFuture<byte[]> answer) throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a part was copied", e);
        }
    }

    /// Waits for the part that is being mended.
    @Override
    public void close() {
        closing = true;
        mending.lock();
        mending.unlock();
    }
}
