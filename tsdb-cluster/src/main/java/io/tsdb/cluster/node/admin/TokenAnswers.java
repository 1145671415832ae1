package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.config.DurationText;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.security.Scope;
import io.tsdb.cluster.security.Token;
import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.security.TokenSecret;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.JsonText;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// `/api/v1/tokens`: lists, creates and revokes. Any thread; blocks on files.
///
/// @param tokens those of this node
record TokenAnswers(TokenAdmin tokens) {
    static final String PATH = "/api/v1/tokens";
    private static final ObjectMapper JSON = new ObjectMapper();

    FullHttpResponse answer(AdminRequest request) {
        try {
            return switch (request.method().name()) {
                case "GET" -> list();
                case "POST" -> create(request);
                case "DELETE" -> revoke(request);
                default -> AdminAnswers.wrongMethod(request, "GET, POST, DELETE");
            };
        } catch (IllegalArgumentException e) {
            return AdminAnswers.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "invalid_value",
                    String.valueOf(e.getMessage()));
        } catch (IOException | CorruptDataException e) {
            return AdminAnswers.error(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "write_failed",
                    String.valueOf(e.getMessage()));
        }
    }

    private FullHttpResponse list() throws IOException {
        return AdminAnswers.json(
                HttpResponseStatus.OK,
                tokens.list().stream()
                        .map(TokenAnswers::text)
                        .collect(Collectors.joining(",", "{\"tokens\":[", "]}")));
    }

    /// Never its hash.
    private static String text(Token token) {
        String expires = token.expires().map(at -> JsonText.quoted(at.toString())).orElse("null");
        return "{\"id\":%s,\"name\":%s,\"scopes\":[%s],\"created\":%s,\"expires\":%s}"
                .formatted(
                        JsonText.quoted(token.id()),
                        JsonText.quoted(token.name()),
                        token.scopes().stream()
                                .map(scope -> JsonText.quoted(scope.toString()))
                                .collect(Collectors.joining(",")),
                        JsonText.quoted(token.created().toString()),
                        expires);
    }

    private FullHttpResponse create(AdminRequest request) throws IOException {
        if (!request.isJson()) {
            return AdminAnswers.notJson();
        }
        JsonNode asked;
        try {
            asked = JSON.readTree(request.body());
        } catch (JacksonException _) {
            throw new IllegalArgumentException("the body is no JSON");
        }
        var scopes = new ArrayList<Scope>();
        for (JsonNode scope : asked.path("scopes")) {
            scopes.add(Scope.parse(scope.asString("")));
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"scopes\" is needed: a list of read, write or admin, each with :DATABASE or"
                            + " for all");
        }
        String expires = asked.path("expires").asString("");
        Optional<Duration> lifetime =
                expires.isEmpty() ? Optional.empty() : Optional.of(DurationText.parse(expires));
        String name = asked.path("name").asString("");
        TokenSecret secret = tokens.create(name, List.copyOf(scopes), lifetime);
        audit(request, "create token " + secret.id(), "done", scopes.toString());
        return AdminAnswers.json(
                HttpResponseStatus.CREATED,
                "{\"id\":"
                        + JsonText.quoted(secret.id())
                        + ",\"token\":"
                        + JsonText.quoted(secret.text())
                        + "}");
    }

    private FullHttpResponse revoke(AdminRequest request) throws IOException {
        String id = request.parameter("id");
        boolean revoked = tokens.revoke(id);
        if (!revoked) {
            return AdminAnswers.error(
                    HttpResponseStatus.NOT_FOUND, "unknown_token", "no token has this id");
        }
        audit(request, "revoke token " + id, "done", "");
        return AdminAnswers.json(HttpResponseStatus.OK, "{\"id\":" + JsonText.quoted(id) + "}");
    }

    private static void audit(AdminRequest request, String what, String outcome, String scopes) {
        AuditLog.say(request.who(), request.from(), what, outcome, new LogField("scopes", scopes));
    }
}
