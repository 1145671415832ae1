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

    /// At level 1; a program from before there were levels passes over columns that it does not
    /// know, not over lines.
    private static final String HEADER_1 = "tsdb-cluster 1";

    /// From level 2 on: the line behind it says the level, and does so in all versions to come.
    private static final String HEADER_2 = "tsdb-cluster 2";

    private static final String LEVEL = "level";
    private static final int MEMBER_WORDS = 6;
    private static final String NOBODY = "-";

    private ClusterStateText() {}

    public static String format(ClusterState state) {
        Members members = state.members();
        var text = new StringBuilder();
        if (state.level().level() == 1) {
            line(text, HEADER_1);
        } else {
            line(text, HEADER_2);
            line(text, LEVEL, Integer.toString(state.level().level()));
        }
        line(
                text,
                "cluster",
                members.cluster().toString(),
                Integer.toString(members.replicas()),
                Long.toString(state.placement().epoch()));
        for (Member member : members.members()) {
            var words =
                    new ArrayList<>(
                            List.of(
                                    "member",
                                    member.id(),
                                    state.state(member.id()).orElseThrow().word(),
                                    member.raft().toString(),
                                    member.data().toString(),
                                    member.zone()));
            Program program = state.level().program(member.id());
            if (!program.equals(Program.UNSAID)) {
                words.add(Integer.toString(program.levels().oldest()));
                words.add(Integer.toString(program.levels().newest()));
                words.add(program.version());
            }
            line(text, words.toArray(String[]::new));
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

    /// The level of the cluster, also of a text that a newer program has written.
    ///
    /// @throws IllegalArgumentException when it does not say
    public static int level(String text) {
        List<String> head = text.lines().limit(2).toList();
        if (head.size() == 2 && head.getFirst().equals(HEADER_1)) {
            return 1;
        }
        if (head.size() < 2 || !head.getLast().startsWith(LEVEL + "\t")) {
            throw new IllegalArgumentException("no level: " + head);
        }
        return Integer.parseInt(head.getLast().substring(LEVEL.length() + 1));
    }

    /// @throws IllegalArgumentException when the text is none that [#format] makes
    public static ClusterState parse(String text) {
        List<String> lines = text.lines().toList();
        String header = lines.isEmpty() ? "" : lines.getFirst();
        if (!header.equals(HEADER_1) && !header.equals(HEADER_2)) {
            throw new IllegalArgumentException(
                    "starts with '%s', this version reads '%s' and '%s'"
                            .formatted(header, HEADER_1, HEADER_2));
        }
        var programs = new TreeMap<String, Program>();
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
                    if (words.length > MEMBER_WORDS) {
                        programs.put(words[1], program(words));
                    }
                }
                case LEVEL -> {} // see #level
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
                moves,
                new ClusterLevel(level(text), programs));
    }

    private static Program program(String[] words) {
        return new Program(
                words[MEMBER_WORDS + 2],
                new Levels(
                        Integer.parseInt(words[MEMBER_WORDS]),
                        Integer.parseInt(words[MEMBER_WORDS + 1])));
    }
}
