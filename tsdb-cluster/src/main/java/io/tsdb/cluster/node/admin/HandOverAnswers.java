package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.logging.AuditLog;

import java.util.Optional;
import java.util.function.Supplier;

/// `POST /api/v1/cluster/hand-over`: the node gives up what it leads, before it is stopped. Any
/// thread; waits for elections.
///
/// @param tables empty for a node alone
record HandOverAnswers(Supplier<Optional<ClusterTables>> tables) {
    static final String PATH = ClusterAnswers.PATH + "/hand-over";

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
        String handedOver = cluster.get().handedOverTable();
        AuditLog.say(request.who(), request.from(), "hand leaders over", "done");
        return AdminAnswers.json(HttpResponseStatus.OK, handedOver);
    }
}
