package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentProfile;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.BatchReader;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.model.CorruptDataException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Batches of the shards of this node, which are worked on here, and of those that other nodes
/// answer for, as they come. What other nodes sent and nobody took is bounded for each shard.
final class ClusterResults implements PartialResults {
    /// Of one shard, on its way or waiting here; one batch may go beyond.
    private static final long WINDOW_BYTES = 256 << 10;

    /// How often it looks whether the statement was cancelled.
    private static final long LOOK_NANOS = 20_000_000;

    private final ClusterFragmentRunner runner;
    private final Fragment fragment;
    private final QueryControl control;
    private final long catalogIndex;
    private final List<ShardStream> streams = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile byte @Nullable [] request;
    private @Nullable PartialResults local;
    private List<Integer> localNumbers = List.of();
    private @Nullable ColumnBatch batch;
    private @Nullable MemoryAccount memory;
    private long heldBytes;
    private @Nullable ShardStream reading;
    private long readingBytes;
    private int turn;

    ClusterResults(
            ClusterFragmentRunner runner,
            Fragment fragment,
            QueryControl control,
            long catalogIndex) {
        this.runner = runner;
        this.fragment = fragment;
        this.control = control;
        this.catalogIndex = catalogIndex;
    }

    private byte[] request() {
        byte[] known = request;
        if (known == null) {
            known =
                    new ShardRequest(
                                    control.consistency(),
                                    control.profile() != null,
                                    control.remaining(),
                                    WINDOW_BYTES,
                                    control.groupsMax(),
                                    catalogIndex,
                                    fragment)
                            .toBytes();
            request = known;
        }
        return known;
    }

    /// Asks other nodes for a shard.
    void askFor(int shard, List<Member> candidates) {
        MemoryAccount account = memory;
        if (account == null) {
            account = control.memory().account();
            account.reserve(ColumnBatch.memoryBytes(fragment.types().size()));
            memory = account;
            batch = new ColumnBatch(fragment.types());
        }
        account.reserve(WINDOW_BYTES);
        heldBytes += WINDOW_BYTES;
        var stream = new ShardStream(this, shard, candidates);
        streams.add(stream);
        stream.start();
    }

    /// Has shards worked on here.
    void workOn(PartialResults results, List<Integer> numbers) {
        local = results;
        localNumbers = numbers;
    }

    @Override
    public @Nullable ColumnBatch next() {
        release();
        control.check();
        while (true) {
            ColumnBatch remote = takeRemote();
            if (remote != null) {
                return remote;
            }
            PartialResults here = local;
            if (here != null) {
                ColumnBatch own = nextHere(here);
                if (own != null) {
                    return own;
                }
                local = null;
                here.close();
            } else if (streams.stream().allMatch(ShardStream::isDone)) {
                return null;
            } else {
                await();
            }
        }
    }

    /// Damage of this replica is no damage of the answer, as long as there is another one.
    private @Nullable ColumnBatch nextHere(PartialResults here) {
        try {
            return here.next();
        } catch (CorruptDataException e) {
            runner.damaged(localNumbers);
            if (!runner.hasOtherReplicas(localNumbers)) {
                throw e;
            }
            control.avoidOwnReplicas();
            throw new QueryException(
                    QueryErrorCode.UNAVAILABLE,
                    Position.NONE,
                    "a part is damaged on this node, another one is to be asked: "
                            + e.getMessage());
        }
    }

    private @Nullable ColumnBatch takeRemote() {
        for (int i = 0; i < streams.size(); i++) {
            ShardStream stream = streams.get((turn + i) % streams.size());
            byte[] bytes = stream.take();
            if (bytes != null) {
                turn = (turn + i + 1) % streams.size();
                reading = stream;
                readingBytes = bytes.length;
                return decoded(bytes);
            }
        }
        return null;
    }

    private ColumnBatch decoded(byte[] bytes) {
        ColumnBatch target = batch;
        MemoryAccount account = memory;
        if (target == null || account == null) {
            throw new IllegalStateException("BUG: bytes of a shard that was not asked for");
        }
        if (bytes.length > heldBytes) {
            account.reserve(bytes.length - heldBytes);
            heldBytes = bytes.length;
        }
        try {
            BatchReader.read(bytes, target);
        } catch (WireException e) {
            throw new QueryException(
                    QueryErrorCode.UNAVAILABLE,
                    Position.NONE,
                    "another node sent rows that cannot be read: " + e.getMessage());
        }
        return target;
    }

    private void release() {
        ShardStream read = reading;
        if (read != null) {
            reading = null;
            read.credit(readingBytes);
        }
    }

    private void await() {
        long left = control.remaining().toNanos() + 1;
        lock.lock();
        try {
            while (left > 0
                    && streams.stream().noneMatch(ShardStream::hasNews)
                    && !streams.stream().allMatch(ShardStream::isDone)) {
                // a statement can be cancelled meanwhile
                control.check();
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
                left = control.remaining().toNanos();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query's thread was interrupted");
        } finally {
            lock.unlock();
        }
        control.check();
    }

    void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    FragmentCall ask(Member member, int shard, FragmentAnswers answers) {
        return runner.ask(member, shard, request(), answers);
    }

    Future<?> later(Runnable work, Duration patience) {
        return runner.later(work, patience);
    }

    long nanoTime() {
        return runner.nanoTime();
    }

    long windowBytes() {
        return WINDOW_BYTES;
    }

    Duration beginPatience() {
        return runner.begins().patience();
    }

    Duration answerPatience() {
        return runner.answers().patience();
    }

    void began(long nanos) {
        runner.begins().add(nanos);
    }

    void answered(long nanos) {
        runner.answers().add(nanos);
    }

    void hedged() {
        runner.hedged();
    }

    void profiled(String where, ScanCounts counts) {
        FragmentProfile profile = control.profile();
        if (profile != null) {
            profile.add(where, counts);
        }
    }

    @Override
    public void close() {
        streams.forEach(ShardStream::close);
        PartialResults here = local;
        if (here != null) {
            here.close();
        }
    }
}
