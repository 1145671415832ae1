package io.tsdb.query.exec;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The statements of a node that run, from their start to the end of their answer. Any thread.
final class RunningQueries {
    private final AtomicLong lastId = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Running> byId = new ConcurrentSkipListMap<>();

    /// One statement. Written by the thread that runs it, read by any.
    static final class Running {
        private final long id;
        private final String text;
        private final Session session;
        private final Instant startedAt;
        private volatile LongSupplier heldBytes = () -> 0;
        private volatile long rowCount;

        private Running(long id, String text, Session session, Instant startedAt) {
            this.id = id;
            this.text = text;
            this.session = session;
            this.startedAt = startedAt;
        }

        long id() {
            return id;
        }

        /// As its sender wrote it.
        String text() {
            return text;
        }

        Session session() {
            return session;
        }

        Instant startedAt() {
            return startedAt;
        }

        /// Rows of its answer that were handed out.
        long rowCount() {
            return rowCount;
        }

        void rowCount(long count) {
            rowCount = count;
        }

        /// Memory that it holds now.
        long heldBytes() {
            return heldBytes.getAsLong();
        }

        void heldBytes(LongSupplier bytes) {
            heldBytes = bytes;
        }
    }

    Running enter(String text, Session session, Instant now) {
        var running = new Running(lastId.incrementAndGet(), text, session, now);
        byId.put(running.id, running);
        return running;
    }

    void leave(Running running) {
        byId.remove(running.id);
    }

    /// Those that the caller may see, the oldest first.
    List<Running> seenBy(QueryCaller caller) {
        return byId.values().stream().filter(running -> isSeen(running, caller)).toList();
    }

    private static boolean isSeen(Running running, QueryCaller caller) {
        return caller.maySee(running.session.caller(), running.session.database());
    }

    /// Switches a query's cancellation.
    ///
    /// @return false when there is none with this id that the caller may see
    boolean cancel(long id, QueryCaller caller) {
        Running running = byId.get(id);
        if (running == null || !isSeen(running, caller)) {
            return false;
        }
        running.session.cancellation().cancel();
        return true;
    }
}
