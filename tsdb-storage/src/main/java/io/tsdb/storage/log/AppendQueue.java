package io.tsdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Appends that wait for the log thread, bounded by their bytes. Any thread offers, one takes.
final class AppendQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long bytesMax;
    private final long lingerNanosMax;
    private final int lingerBytes;

    private List<Append> waiting = new ArrayList<>();
    private long waitingBytes;
    private long heldBytes;
    private boolean closed;

    AppendQueue(LogConfig config) {
        this.bytesMax = config.queueBytesMax();
        this.lingerNanosMax = TimeUnit.MICROSECONDS.toNanos(config.lingerMicrosMax());
        this.lingerBytes = config.lingerBytes();
    }

    /// Whether so many bytes would be taken now; an answer before the work of encoding.
    boolean hasRoom(long bytes) {
        lock.lock();
        try {
            return !closed && (heldBytes == 0 || heldBytes + bytes <= bytesMax);
        } finally {
            lock.unlock();
        }
    }

    /// @return false when the queue is full or closed; an entry above the limit goes through when
    ///   nothing else is held
    boolean offer(Append append) {
        int bytes = append.recordBytes();
        lock.lock();
        try {
            if (closed || (heldBytes > 0 && heldBytes + bytes > bytesMax)) {
                return false;
            }
            waiting.add(append);
            waitingBytes += bytes;
            heldBytes += bytes;
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes all that waits, in order.
    ///
    /// @param siblings size of the group before: under load (2 and more) it is worth to wait, up to
    ///   the linger time, until as many are here again, so that one sync serves them all
    /// @param empty is filled by later offers
    /// @param nanosMax longest wait for a first entry
    /// @return empty after that time, or when the queue is closed
    List<Append> take(int siblings, List<Append> empty, long nanosMax) {
        lock.lock();
        try {
            long rest = nanosMax;
            while (waiting.isEmpty() && !closed && rest > 0) {
                rest = awaitNanos(rest);
            }
            if (siblings > 1 && !waiting.isEmpty()) {
                linger(siblings);
            }
            List<Append> taken = waiting;
            waiting = empty;
            waitingBytes = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Gives room back once entries are answered.
    void release(long bytes) {
        lock.lock();
        try {
            heldBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more; what waits is still given out.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    long heldBytes() {
        lock.lock();
        try {
            return heldBytes;
        } finally {
            lock.unlock();
        }
    }

    private void linger(int siblings) {
        long rest = lingerNanosMax;
        while (rest > 0 && waiting.size() < siblings && waitingBytes < lingerBytes && !closed) {
            rest = awaitNanos(rest);
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private long awaitNanos(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // an interrupt would close the file under the log; nobody has a reason to send one
            throw new IllegalStateException("BUG: the log thread was interrupted", e);
        }
    }
}
