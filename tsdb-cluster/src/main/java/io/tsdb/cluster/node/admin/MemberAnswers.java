package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.rebalance.Membership;
import io.tsdb.storage.model.JsonText;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.util.Optional;

/// `POST /api/v1/cluster/members`: what is to become of a member, and `rebalance` of all.
final class MemberAnswers {
    static final String PATH = ClusterAnswers.PATH + "/members";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REBALANCE = "rebalance";

    private MemberAnswers() {}

    /// @param membership empty at a node alone
    static FullHttpResponse answer(AdminRequest request, Optional<Membership> membership) {
        if (!request.method().name().equals("POST")) {
            return AdminAnswers.wrongMethod(request, "GET, POST");
        }
        if (!request.isJson()) {
            return AdminAnswers.notJson();
        }
        if (membership.isEmpty()) {
            return AdminAnswers.noCluster();
        }
        try {
            return done(request, membership.get());
        } catch (IllegalArgumentException e) {
            return AdminAnswers.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "invalid_value",
                    String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return AdminAnswers.error(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "unavailable",
                    String.valueOf(e.getMessage()));
        }
    }

    private static FullHttpResponse done(AdminRequest request, Membership membership)
            throws IOException {
        JsonNode asked;
        try {
            asked = JSON.readTree(request.body());
        } catch (JacksonException _) {
            throw new IllegalArgumentException("the body is no JSON");
        }
        String wish = asked.path("wish").asString("");
        String member = asked.path("member").asString("");
        if (wish.equals(REBALANCE)) {
            int begun = membership.rebalance();
            audit(request, wish, "");
            return AdminAnswers.json(HttpResponseStatus.OK, "{\"moves\":" + begun + "}");
        }
        membership.wish(member, Membership.Wish.of(wish));
        audit(request, wish, member);
        return AdminAnswers.json(
                HttpResponseStatus.OK,
                "{\"member\":%s,\"wish\":%s}"
                        .formatted(JsonText.quoted(member), JsonText.quoted(wish)));
    }

    private static void audit(AdminRequest request, String wish, String member) {
        AuditLog.say(
                request.who(),
                request.from(),
                wish + " member",
                "done",
                new LogField("member", member));
    }
}
