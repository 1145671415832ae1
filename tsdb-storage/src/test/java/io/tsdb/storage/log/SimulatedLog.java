package io.tsdb.storage.log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A replicated log as a node sees it, with a replica's troubles, from a seed: commits come late
/// and in lumps, appends are refused, leadership is lost (an append fails, and its entry is
/// committed all the same, or not), other nodes append, and a node that comes back finds a log that
/// begins behind what a snapshot holds.
final class SimulatedLog implements NodeLog {
    /// What the group keeps when a node is closed: entries by log.
    static final class Group {
        private final Map<Integer, List<LogEntry>> entries = new HashMap<>();
        private final Map<Integer, Long> firstIndex = new HashMap<>();

        private synchronized List<LogEntry> of(int log) {
            return entries.computeIfAbsent(log, _ -> new ArrayList<>());
        }

        private synchronized long first(int log) {
            return firstIndex.getOrDefault(log, 1L);
        }

        private synchronized long last(int log) {
            return first(log) - 1 + of(log).size();
        }

        private synchronized void trim(int log, long index) {
            List<LogEntry> kept = of(log);
            while (!kept.isEmpty() && first(log) <= index) {
                kept.removeFirst();
                firstIndex.put(log, first(log) + 1);
            }
        }

        private synchronized void goOnBehind(int log, long index) {
            if (last(log) < index) {
                of(log).clear();
                firstIndex.put(log, index + 1);
            }
        }
    }

    private record Proposal(int log, LogEntry entry, ShardLog.@Nullable Commit commit) {}

    private final Group group;
    private final Random random;
    private final Map<Integer, Log> logs = new HashMap<>();
    private final LinkedBlockingQueue<Proposal> proposals = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "simulated-log");
    private volatile boolean recovered;
    private volatile boolean closed;
    private long recoveredEntries;

    SimulatedLog(Group group, long seed) {
        this.group = group;
        this.random = new Random(seed);
    }

    @Override
    public synchronized ShardLog shard(int number) {
        return logs.computeIfAbsent(number, Log::new);
    }

    @Override
    public void recover() {
        if (recovered) {
            throw new IllegalStateException("recovered twice");
        }
        for (Log log : logs.values()) {
            log.deliverKept();
        }
        recovered = true;
        thread.start();
    }

    @Override
    public long recoveredEntries() {
        return recoveredEntries;
    }

    @Override
    public LogStatistics statistics() {
        return new LogStatistics(0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        closed = true;
        if (recovered) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// The one thread that delivers.
    private void run() {
        try {
            while (!closed || !proposals.isEmpty()) {
                Proposal next = proposals.poll(1, TimeUnit.MILLISECONDS);
                if (next != null) {
                    commit(next);
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void commit(Proposal next) {
        Log log;
        synchronized (this) {
            log = Objects.requireNonNull(logs.get(next.log()));
        }
        ShardLog.Commit commit = next.commit();
        switch (random.nextInt(12)) {
            case 0 -> log.add(Recorder.entry(OTHERS)); // the leader elsewhere was faster
            case 1 -> {
                if (commit != null) {
                    commit.failed(new IllegalStateException("leadership lost"));
                    commit = null; // and yet it is committed
                }
            }
            case 2 -> {
                if (commit != null) {
                    commit.failed(new IllegalStateException("leadership lost"));
                    return;
                }
            }
            default -> {}
        }
        log.add(next.entry(), commit);
    }

    /// Value of entries that another node appended.
    static final long OTHERS = -7;

    private final class Log implements ShardLog {
        private final int number;
        private ShardLog.@Nullable Applier applier;
        private long appliedIndex;
        private long knownIndex;
        private volatile long lastIndex;

        Log(int number) {
            this.number = number;
        }

        @Override
        public void start(long applied, long known, Applier target) {
            if (applier != null || recovered) {
                throw new IllegalStateException("started twice, or after recovery");
            }
            appliedIndex = applied;
            knownIndex = known;
            applier = target;
        }

        void deliverKept() {
            long first = group.first(number);
            if (first > appliedIndex + 1) {
                throw new IllegalStateException(
                        "log begins at " + first + ", applied is " + appliedIndex);
            }
            List<LogEntry> kept = List.copyOf(group.of(number));
            for (int i = (int) (appliedIndex + 1 - first); i < kept.size(); i++) {
                recoveredEntries++;
                deliver(first + i, kept.get(i));
            }
            group.goOnBehind(number, knownIndex);
        }

        void add(LogEntry entry) {
            add(entry, null);
        }

        void add(LogEntry entry, ShardLog.@Nullable Commit commit) {
            long index;
            synchronized (group) {
                group.of(number).add(entry);
                index = group.last(number);
            }
            if (commit != null) {
                commit.committed(index);
            }
            deliver(index, entry);
        }

        private void deliver(long index, LogEntry entry) {
            lastIndex = index;
            Applier target = applier;
            if (target == null) {
                throw new IllegalStateException("nobody applies log " + number);
            }
            target.apply(index, entry);
        }

        @Override
        public boolean append(LogEntry entry, Commit commit) {
            synchronized (SimulatedLog.this) {
                if (closed || random.nextInt(10) == 0) {
                    return false;
                }
            }
            return proposals.add(new Proposal(number, entry, commit));
        }

        @Override
        public void trimTo(long index) {
            group.trim(number, index);
        }

        @Override
        public long lastIndex() {
            return lastIndex;
        }
    }
}
