package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.model.JsonText;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// `/api/v1/cluster`: members and shards as this node sees them. Any thread; never waits.
///
/// @param map, tables empty for a node alone
record ClusterAnswers(Supplier<Optional<ShardMap>> map, Supplier<Optional<ClusterTables>> tables) {
    static final String PATH = "/api/v1/cluster";

    FullHttpResponse answer(AdminRequest request) {
        if (!request.method().name().equals("GET")) {
            return AdminAnswers.wrongMethod(request, "GET");
        }
        return AdminAnswers.json(
                HttpResponseStatus.OK,
                map.get().map(this::text).orElse("{\"self\":\"\",\"members\":[],\"shards\":[]}"));
    }

    private String text(ShardMap map) {
        Optional<ClusterTables> all = tables.get();
        String shards =
                IntStream.range(0, map.shardCount())
                        .mapToObj(shard -> text(map, shard))
                        .collect(Collectors.joining(","));
        return "{\"self\":%s%s,\"members\":[%s],\"shards\":[%s]}"
                .formatted(
                        JsonText.quoted(map.self().id()),
                        all.map(ClusterAnswers::level).orElse(""),
                        text(map.members(), all),
                        shards);
    }

    private static String level(ClusterTables all) {
        String behind =
                all.behind().stream()
                        .map(member -> JsonText.quoted(member.id()))
                        .collect(Collectors.joining(","));
        return ",\"level\":%d,\"behind\":[%s]".formatted(all.level(), behind);
    }

    private static String text(List<Member> members, Optional<ClusterTables> all) {
        return members.stream()
                .map(
                        member ->
                                "{\"id\":%s,\"address\":%s,\"state\":%s,\"version\":%s}"
                                        .formatted(
                                                JsonText.quoted(member.id()),
                                                JsonText.quoted(member.data().toString()),
                                                JsonText.quoted(
                                                        all.map(table -> table.state(member))
                                                                .orElse("")),
                                                JsonText.quoted(
                                                        all.map(table -> table.program(member))
                                                                .map(Program::version)
                                                                .orElse(""))))
                .collect(Collectors.joining(","));
    }

    private static String text(ShardMap map, int shard) {
        String replicas =
                map.replicas(shard).stream()
                        .map(member -> JsonText.quoted(member.id()))
                        .collect(Collectors.joining(","));
        String leader =
                map.leader(shard).map(member -> JsonText.quoted(member.id())).orElse("null");
        return "{\"shard\":%d,\"leader\":%s,\"replicas\":[%s]}".formatted(shard, leader, replicas);
    }
}
