package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentTask;
import io.tsdb.query.fragment.FragmentTasks;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.BatchWriter;
import io.tsdb.query.wire.CountsForm;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/// A fragment at a shard of this node for a query of another one. It works while what it sent is
/// within the window; otherwise it is put down, and goes on when the other node has taken some. One
/// thread works on it at a time.
final class ServedFragment implements FragmentCall {
    private static final Logger LOG = LoggerFactory.getLogger(ServedFragment.class);

    /// What a fragment holds from the start.
    private static final long START_BYTES = 64 << 10;

    /// A batch that is larger is sent in pieces.
    static final int PIECE_BYTES = 1 << 20;

    /// Below the largest frame.
    static final int ROW_BYTES_MAX = 15 << 20;

    private final FragmentServer server;
    private final int number;
    private final ScanSource shard;
    private final ShardRequest request;
    private final FragmentAnswers answers;
    private final Executor executor;
    private final QueryCancellation cancellation = new QueryCancellation();
    private final BatchWriter writer = new BatchWriter();
    private final @Nullable ScanCounts counts;

    /// What follows is guarded by this.
    private long windowBytes;

    private boolean hasPassed;
    private boolean isWorking;
    private boolean isClosed;
    private @Nullable Future<?> expiry;

    /// What follows belongs to who works.
    private @Nullable QueryControl control;

    private @Nullable FragmentTask task;
    private @Nullable ColumnBatch batch;
    private @Nullable ColumnBatch piece;

    /// Of the batch.
    private int sentRows;

    ServedFragment(
            FragmentServer server,
            int number,
            ScanSource shard,
            ShardRequest request,
            FragmentAnswers answers,
            Executor executor) {
        this.server = server;
        this.number = number;
        this.shard = shard;
        this.request = request;
        this.answers = answers;
        this.executor = executor;
        this.windowBytes = request.windowBytes();
        this.counts = request.isProfiled() ? new ScanCounts() : null;
    }

    /// The replica has everything that the answer must hold, or it is not known whether it has.
    void passed(@Nullable Throwable failure) {
        if (failure != null) {
            refuse(
                    ShardRefusal.of(
                            QueryErrorCode.UNAVAILABLE,
                            "cannot say what was acknowledged last: " + failure.getMessage()));
            return;
        }
        if (server.shards().catalogIndex() < request.catalogIndex()) {
            refuse(
                    ShardRefusal.of(
                            QueryErrorCode.UNAVAILABLE,
                            "has the catalog up to entry "
                                    + server.shards().catalogIndex()
                                    + ", the statement needs it up to "
                                    + request.catalogIndex()));
            return;
        }
        synchronized (this) {
            hasPassed = true;
        }
        goOn();
    }

    @Override
    public void credit(long bytes) {
        synchronized (this) {
            long sum = windowBytes + bytes;
            windowBytes = sum < windowBytes ? Long.MAX_VALUE : sum;
        }
        goOn();
    }

    @Override
    public void cancel() {
        cancellation.cancel();
        end();
    }

    /// Has a timer stopped when it ends before.
    void endsWith(Future<?> timer) {
        synchronized (this) {
            if (!isClosed) {
                expiry = timer;
                return;
            }
        }
        timer.cancel(false);
    }

    private void goOn() {
        synchronized (this) {
            if (!hasPassed || isWorking || isClosed || windowBytes <= 0) {
                return;
            }
            isWorking = true;
        }
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException _) {
            synchronized (this) {
                isWorking = false;
            }
            refuse(ShardRefusal.of(QueryErrorCode.UNAVAILABLE, "the node is closing"));
        }
    }

    private void refuse(ShardRefusal refusal) {
        if (end()) {
            answers.refused(refusal.toBytes());
        }
    }

    /// Ends it once; what it holds is released when nobody works.
    ///
    /// @return false when it had ended
    private boolean end() {
        synchronized (this) {
            if (isClosed) {
                return false;
            }
            isClosed = true;
            Future<?> timer = expiry;
            if (timer != null) {
                timer.cancel(false);
            }
            if (isWorking) {
                return true;
            }
        }
        release();
        return true;
    }

    private void release() {
        FragmentTask opened = task;
        task = null;
        if (opened != null) {
            opened.close();
        }
        QueryControl held = control;
        control = null;
        if (held != null) {
            held.memory().close();
        }
    }

    private void work() {
        try {
            while (mayWork()) {
                step();
            }
        } catch (QueryException e) {
            refuse(ShardRefusal.of(e));
        } catch (CorruptDataException e) {
            server.shards().damaged(number);
            refuse(ShardRefusal.of(QueryErrorCode.DAMAGED_DATA, String.valueOf(e.getMessage())));
        } catch (RuntimeException | Error e) {
            LOG.error("a fragment of another node failed at shard {}", number, e);
            refuse(new ShardRefusal(ShardRefusal.INTERNAL, 0, 0, "its log says why"));
        }
        boolean closed;
        synchronized (this) {
            isWorking = false;
            closed = isClosed;
        }
        if (closed) {
            release();
        } else {
            goOn(); // a credit that came meanwhile
        }
    }

    private synchronized boolean mayWork() {
        return !isClosed && windowBytes > 0;
    }

    private void step() {
        ScanCounts counted = counts;
        long began = counted == null ? 0 : server.ticker().nanos();
        FragmentTask open = task;
        if (open == null) {
            open = open();
        }
        ColumnBatch target = batch;
        if (target == null) {
            target = newBatch();
            batch = target;
        }
        if (sentRows < target.rowCount()) {
            sendPiece(target);
            return;
        }
        boolean hasRows = next(open, target);
        if (counted != null) {
            counted.addWork(hasRows ? target.rowCount() : 0, server.ticker().nanos() - began);
        }
        if (hasRows) {
            sentRows = 0;
            sendPiece(target);
        } else if (end()) {
            answers.ended(counted == null ? new byte[0] : CountsForm.toBytes(counted.numbers()));
        }
    }

    private boolean next(FragmentTask open, ColumnBatch target) {
        QueryControl admitted = Objects.requireNonNull(control, "it was made with the task");
        admitted.beginWork();
        try {
            return open.next(target);
        } finally {
            admitted.endWork();
        }
    }

    private FragmentTask open() {
        var admitted =
                new QueryControl(
                        cancellation,
                        server.ticker(),
                        request.timeLeft(),
                        request.groupsMax(),
                        server.budget(),
                        START_BYTES + request.windowBytes(),
                        server.memoryBytesMax(),
                        request.consistency());
        control = admitted;
        FragmentTask opened = FragmentTasks.open(request.fragment(), shard, admitted, counts);
        task = opened;
        answers.begun();
        return opened;
    }

    private ColumnBatch newBatch() {
        QueryControl admitted = control;
        if (admitted != null) {
            admitted.memory()
                    .account()
                    .reserve(ColumnBatch.memoryBytes(request.fragment().types().size()));
        }
        return new ColumnBatch(request.fragment().types());
    }

    /// Sends the rows of a batch that were not sent, or as many of them as a frame should have.
    private void sendPiece(ColumnBatch rows) {
        int count = rows.rowCount() - sentRows;
        byte[] bytes = bytes(rows, count);
        while (bytes.length > PIECE_BYTES && count > 1) {
            count = (count + 1) >>> 1;
            bytes = bytes(rows, count);
        }
        if (bytes.length > ROW_BYTES_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a row of "
                            + bytes.length
                            + " bytes is more than the "
                            + ROW_BYTES_MAX
                            + " that nodes send one another");
        }
        sentRows += count;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            windowBytes -= bytes.length;
        }
        answers.batch(bytes);
    }

    private byte[] bytes(ColumnBatch rows, int count) {
        if (sentRows == 0 && count == rows.rowCount()) {
            return writer.toBytes(rows);
        }
        ColumnBatch part = piece;
        if (part == null) {
            part = newBatch();
            piece = part;
        }
        int[] selection = new int[count];
        for (int i = 0; i < count; i++) {
            selection[i] = sentRows + i;
        }
        part.gather(rows, selection, count);
        return writer.toBytes(part);
    }
}
