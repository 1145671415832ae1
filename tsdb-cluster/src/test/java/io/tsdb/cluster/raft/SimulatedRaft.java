package io.tsdb.cluster.raft;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// What Raft promises of the logs of some members, and not a bit more, in virtual time: an entry
/// that its leader took is committed while a majority is there, or perhaps when the lead is lost,
/// or never, in the order in which it was taken; what is committed reaches each member that is
/// there, in order, some time later. Who appended hears of it, or not.
final class SimulatedRaft {
    private static final long MILLI = 1_000_000L;
    private static final long COMMIT_NANOS_MAX = 20 * MILLI;
    private static final long DELIVER_NANOS_MAX = 30 * MILLI;
    private static final long ELECTION_NANOS_MIN = 1_000 * MILLI;
    private static final int ELECTION_MILLIS_MORE = 1_000;

    /// A member, as its logs are delivered.
    interface Replica {
        /// Whether it runs, and is reached by the others.
        boolean isThere();

        /// Newest entry of a log that it came to.
        long reached(int log);

        /// @return null when it cannot take the entry yet
        @Nullable AppendOutcome deliver(int log, long index, byte[] entry);
    }

    private record Proposal(byte[] entry, CompletableFuture<AppendOutcome> done) {}

    private static final class Group {
        private final int log;
        private final List<byte[]> committed = new ArrayList<>();
        private final ArrayDeque<Proposal> pending = new ArrayDeque<>();
        private final Map<Long, CompletableFuture<AppendOutcome>> waiting = new HashMap<>();
        private int leader = NOBODY;
        private long term;

        Group(int log) {
            this.log = log;
        }
    }

    static final int NOBODY = -1;

    private final VirtualTime time;
    private final Random random;
    private final List<? extends Replica> members;
    private final Map<Integer, Group> groups = new HashMap<>();

    /// @param members filled in before anything is proposed
    SimulatedRaft(
            VirtualTime time, Random random, List<? extends Replica> members, List<Integer> logs) {
        this.time = time;
        this.random = random;
        this.members = members;
        logs.forEach(log -> groups.put(log, new Group(log)));
    }

    private Group group(int log) {
        Group group = groups.get(log);
        if (group == null) {
            throw new IllegalArgumentException("no log " + log);
        }
        return group;
    }

    int leader(int log) {
        return group(log).leader;
    }

    long committed(int log) {
        return group(log).committed.size();
    }

    byte[] entry(int log, long index) {
        return group(log).committed.get((int) index - 1);
    }

    private boolean hasMajority() {
        return 2 * members.stream().filter(Replica::isThere).count() > members.size();
    }

    /// Appends at a member, when it leads.
    CompletableFuture<AppendOutcome> append(int log, int member, byte[] entry) {
        Group group = group(log);
        if (group.leader != member || !members.get(member).isThere()) {
            return CompletableFuture.failedFuture(new IOException("does not lead"));
        }
        var done = new CompletableFuture<AppendOutcome>();
        group.pending.add(new Proposal(entry, done));
        commitLater(group);
        return done;
    }

    private void commitLater(Group group) {
        long term = group.term;
        time.later(() -> commit(group, term), 1 + random.nextLong(COMMIT_NANOS_MAX));
    }

    private void commit(Group group, long term) {
        if (group.term != term || group.pending.isEmpty()) {
            return;
        }
        if (!hasMajority()) {
            commitLater(group);
            return;
        }
        Proposal first = group.pending.poll();
        add(group, first.entry());
        group.waiting.put((long) group.committed.size(), first.done());
    }

    private void add(Group group, byte[] entry) {
        group.committed.add(entry);
        for (int member = 0; member < members.size(); member++) {
            deliverLater(group, member);
        }
    }

    /// A member is there again: it is told what it lacks.
    void catchUp(int member) {
        groups.values().forEach(group -> deliverLater(group, member));
    }

    private void deliverLater(Group group, int member) {
        time.later(() -> deliver(group, member), 1 + random.nextLong(DELIVER_NANOS_MAX));
    }

    private void deliver(Group group, int member) {
        Replica replica = members.get(member);
        if (!replica.isThere()) {
            return;
        }
        long next = replica.reached(group.log) + 1;
        if (next > group.committed.size()) {
            return;
        }
        AppendOutcome outcome = replica.deliver(group.log, next, entry(group.log, next));
        if (outcome == null) {
            deliverLater(group, member); // what it needs comes by another log
            return;
        }
        if (group.leader == member) {
            CompletableFuture<AppendOutcome> done = group.waiting.remove(next);
            if (done != null) {
                done.complete(outcome);
            }
        }
        if (next < group.committed.size()) {
            deliverLater(group, member);
        }
    }

    /// The lead of a log is lost; somebody else has it some time later. Of what the old leader
    /// took, a part from the front may have been on a majority.
    void loseLead(int log) {
        Group group = group(log);
        group.term++;
        group.leader = NOBODY;
        List<Proposal> lost = List.copyOf(group.pending);
        group.pending.clear();
        List<CompletableFuture<AppendOutcome>> unheard = List.copyOf(group.waiting.values());
        group.waiting.clear();
        int kept = random.nextInt(lost.size() + 1);
        lost.subList(0, kept).forEach(one -> add(group, one.entry()));
        var cause = new IOException("the lead was lost");
        unheard.forEach(done -> done.completeExceptionally(cause));
        lost.forEach(one -> one.done().completeExceptionally(cause));
        electLater(group);
    }

    private void electLater(Group group) {
        long term = group.term;
        time.later(
                () -> elect(group, term),
                ELECTION_NANOS_MIN + MILLI * random.nextInt(ELECTION_MILLIS_MORE));
    }

    private void elect(Group group, long term) {
        if (group.term != term || group.leader != NOBODY) {
            return;
        }
        int candidate = random.nextInt(members.size());
        if (hasMajority() && members.get(candidate).isThere()) {
            group.leader = candidate;
        } else {
            electLater(group);
        }
    }

    /// A member has gone, or is reached no more.
    void gone(int member) {
        for (Group group : groups.values()) {
            if (group.leader == member) {
                loseLead(group.log);
            }
        }
    }

    /// Elects leaders for the first time.
    void begin() {
        groups.values().forEach(this::electLater);
    }
}
