package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.rpc.PartPort;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.part.PartSummary;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Has all replicas of a shard read every byte of their parts and mend what is damaged, and
/// compares what they have. Any thread; takes as long as the slowest disk does.
public final class ClusterCheck {
    /// Replicas flush and merge at the same entries, but not at the same moment.
    private static final int COMPARES_MAX = 40;

    private static final long COMPARE_AGAIN_MILLIS = 250;

    /// What is said of a member's replica; several rows where there is more to say.
    public enum State {
        WHOLE,
        /// It was damaged, and is whole again.
        MENDED,
        DAMAGED,
        /// Its parts are others than those of another member that has come as far in the log.
        DIFFERS,
        /// Parts came and went while they were compared.
        MOVING,
        /// It did not answer.
        SILENT
    }

    /// @param parts, bytes of all parts there; 0 in further rows of a member
    public record Row(int shard, String member, State state, long parts, long bytes, String text) {}

    private final ShardMap map;
    private final PartPort port;
    private final PartRepairer repairer;

    public ClusterCheck(ShardMap map, PartPort port, PartRepairer repairer) {
        this.map = map;
        this.port = port;
        this.repairer = repairer;
    }

    public int shardCount() {
        return map.shardCount();
    }

    /// @throws InterruptedException when the thread was interrupted while it waited
    public List<Row> run(int shard) throws InterruptedException {
        var rows = new ArrayList<Row>();
        Map<Member, PartListing> listings = ask(shard, map.replicas(shard), true, rows);
        var found = new LinkedHashMap<Member, PartListing>(listings);
        String difference = difference(listings);
        for (int i = 0; difference != null && i < COMPARES_MAX; i++) {
            TimeUnit.MILLISECONDS.sleep(COMPARE_AGAIN_MILLIS);
            listings = ask(shard, List.copyOf(found.keySet()), false, rows);
            difference = difference(listings);
        }
        for (Map.Entry<Member, PartListing> one : found.entrySet()) {
            String member = one.getKey().id();
            PartListing listing = one.getValue();
            long bytes = listing.parts().stream().mapToLong(PartSummary::sizeBytes).sum();
            State state = listing.damaged().isEmpty() ? State.WHOLE : State.DAMAGED;
            rows.add(new Row(shard, member, state, listing.parts().size(), bytes, ""));
            listing.mended()
                    .forEach(text -> rows.add(new Row(shard, member, State.MENDED, 0, 0, text)));
            listing.damaged()
                    .forEach(text -> rows.add(new Row(shard, member, State.DAMAGED, 0, 0, text)));
        }
        if (difference != null) {
            boolean isSettled =
                    listings.values().stream().map(PartListing::logIndex).distinct().count() == 1;
            rows.add(
                    new Row(
                            shard,
                            map.self().id(),
                            isSettled ? State.DIFFERS : State.MOVING,
                            0,
                            0,
                            difference));
        }
        return rows;
    }

    /// Asks all at once.
    private Map<Member, PartListing> ask(
            int shard, List<Member> members, boolean mends, List<Row> rows) {
        var asked = new LinkedHashMap<Member, CompletableFuture<PartListing>>();
        for (Member member : members) {
            asked.put(member, ask(shard, member, mends));
        }
        var answers = new LinkedHashMap<Member, PartListing>();
        asked.forEach(
                (member, answer) -> {
                    try {
                        answers.put(member, answer.join());
                    } catch (CompletionException e) {
                        Throwable cause = e.getCause() == null ? e : e.getCause();
                        String text = String.valueOf(cause.getMessage());
                        var silent = new Row(shard, member.id(), State.SILENT, 0, 0, text);
                        if (rows.stream().noneMatch(row -> isOf(row, silent))) {
                            rows.add(silent);
                        }
                    }
                });
        return answers;
    }

    private static boolean isOf(Row row, Row silent) {
        return row.state() == State.SILENT && row.member().equals(silent.member());
    }

    private CompletableFuture<PartListing> ask(int shard, Member member, boolean mends) {
        if (member.equals(map.self())) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return mends ? repairer.check(shard) : repairer.list(shard);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    },
                    work -> Thread.ofVirtual().name("cluster-check").start(work));
        }
        byte[] request = {mends ? PartListing.MENDS : 0};
        return port.list(member.id(), shard, request)
                .thenApply(
                        bytes -> {
                            try {
                                return PartListing.of(bytes);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    /// How the parts of the first member differ from those of the others; null when all have the
    /// same.
    private static @Nullable String difference(Map<Member, PartListing> listings) {
        var texts = new TreeSet<String>();
        Member first = null;
        Set<PartSummary.Content> mine = Set.of();
        for (Map.Entry<Member, PartListing> one : listings.entrySet()) {
            if (first == null) {
                first = one.getKey();
                mine = contents(one.getValue());
                continue;
            }
            Set<PartSummary.Content> theirs = contents(one.getValue());
            if (!theirs.equals(mine)) {
                texts.add(
                        "%s has %d parts that %s has not, and lacks %d"
                                .formatted(
                                        one.getKey().id(),
                                        without(theirs, mine),
                                        first.id(),
                                        without(mine, theirs)));
            }
        }
        boolean isOneIndex =
                listings.values().stream().map(PartListing::logIndex).distinct().count() <= 1;
        if (texts.isEmpty()) {
            return isOneIndex ? null : "not all have come to the same entry of the log";
        }
        return String.join("; ", texts);
    }

    private static int without(Set<PartSummary.Content> all, Set<PartSummary.Content> others) {
        var left = new HashSet<>(all);
        left.removeAll(others);
        return left.size();
    }

    private static Set<PartSummary.Content> contents(PartListing listing) {
        return listing.parts().stream().map(PartSummary::content).collect(Collectors.toSet());
    }
}
