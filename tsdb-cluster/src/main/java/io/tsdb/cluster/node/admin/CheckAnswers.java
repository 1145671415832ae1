package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;

import java.util.Optional;
import java.util.function.Supplier;

/// `/api/v1/cluster/check?shard=N`: reads all replicas of a shard, mends and compares them. Waits
/// for the disks.
///
/// @param tables empty for a node alone
record CheckAnswers(Supplier<Optional<ClusterTables>> tables) {
    static final String PATH = ClusterAnswers.PATH + "/check";

    FullHttpResponse answer(AdminRequest request) {
        if (!request.method().name().equals("POST")) {
            return AdminAnswers.wrongMethod(request, "POST");
        }
        if (!request.isJson()) {
            return AdminAnswers.notJson();
        }
        Optional<ClusterTables> cluster = tables.get();
        if (cluster.isEmpty()) {
            return AdminAnswers.noCluster();
        }
        int shardCount = cluster.get().check().shardCount();
        int shard = number(request.parameter("shard"));
        if (shard < 0 || shard >= shardCount) {
            return AdminAnswers.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "invalid_value",
                    "shard: a number from 0 to " + (shardCount - 1) + " is needed");
        }
        try {
            String table = cluster.get().checkTable(shard);
            AuditLog.say(
                    request.who(),
                    request.from(),
                    "check cluster",
                    "done",
                    new LogField("shard", shard));
            return AdminAnswers.json(HttpResponseStatus.OK, table);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return AdminAnswers.error(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, "unavailable", "the node is closing");
        }
    }

    /// -1 for what is none.
    private static int number(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    }
}
