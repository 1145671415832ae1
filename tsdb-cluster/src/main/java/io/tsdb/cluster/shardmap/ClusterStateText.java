package io.tsdb.cluster.shardmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// A [ClusterState] as the document `cluster` of the catalog: `docs/format/cluster-state.md`.
public final class ClusterStateText {
    /// Name of the document.
    public static final String DOCUMENT = "cluster";

    private static final String HEADER = "tsdb-cluster 1";
    private static final String NOBODY = "-";

    private ClusterStateText() {}

    public static String format(ClusterState state) {
        Members members = state.members();
        var text = new StringBuilder(HEADER).append('\n');
        line(
                text,
                "cluster",
                members.cluster().toString(),
                Integer.toString(members.replicas()),
                Long.toString(state.placement().epoch()));
        for (Member member : members.members()) {
            line(
                    text,
                    "member",
                    member.id(),
                    state.state(member.id()).orElseThrow().word(),
                    member.raft().toString(),
                    member.data().toString(),
                    member.zone());
        }
        for (int shard = 0; shard < state.placement().shardCount(); shard++) {
            line(
                    text,
                    "shard",
                    Integer.toString(shard),
                    String.join(",", state.placement().replicas(shard)));
        }
        for (Move move : state.moves()) {
            line(
                    text,
                    "move",
                    Integer.toString(move.shard()),
                    move.from().orElse(NOBODY),
                    move.to(),
                    move.step().word());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join("\t", words)).append('\n');
    }

    /// @throws IllegalArgumentException when the text is none that [#format] makes
    public static ClusterState parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
            throw new IllegalArgumentException(
                    "starts with '%s', this version reads '%s'"
                            .formatted(lines.isEmpty() ? "" : lines.getFirst(), HEADER));
        }
        UUID cluster = new UUID(0, 0);
        int replicas = 0;
        long epoch = 0;
        var members = new ArrayList<Member>();
        var states = new TreeMap<String, MemberState>();
        var shards = new ArrayList<List<String>>();
        var moves = new ArrayList<Move>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "cluster" -> {
                    cluster = UUID.fromString(words[1]);
                    replicas = Integer.parseInt(words[2]);
                    epoch = Long.parseLong(words[3]);
                }
                case "member" -> {
                    members.add(
                            new Member(
                                    words[1],
                                    Address.parse(words[3]),
                                    Address.parse(words[4]),
                                    words[5]));
                    states.put(words[1], MemberState.of(words[2]));
                }
                case "shard" -> shards.add(List.of(words[2].split(",")));
                case "move" ->
                        moves.add(
                                new Move(
                                        Integer.parseInt(words[1]),
                                        words[2].equals(NOBODY)
                                                ? Optional.empty()
                                                : Optional.of(words[2]),
                                        words[3],
                                        Move.Step.of(words[4])));
                default -> throw new IllegalArgumentException("no line begins so: " + line);
            }
        }
        return new ClusterState(
                new Members(cluster, shards.size(), replicas, members),
                states,
                new Placement(epoch, shards),
                moves);
    }
}
