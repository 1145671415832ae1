package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Optional;

/// `/api/v1/cluster/settings`: shows and sets what counts for every node.
final class SharedSettingsAnswers {
    static final String PATH = ClusterAnswers.PATH + "/settings";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SharedSettingsAnswers() {}

    /// @param settings empty at a node alone
    static FullHttpResponse answer(AdminRequest request, Optional<SharedSettings> settings) {
        if (settings.isEmpty()) {
            return AdminAnswers.noCluster();
        }
        try {
            return switch (request.method().name()) {
                case "GET" -> shown(settings.get());
                case "POST" -> set(request, settings.get());
                default -> AdminAnswers.wrongMethod(request, "GET, POST");
            };
        } catch (ConfigException | IllegalArgumentException e) {
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

    private static FullHttpResponse shown(SharedSettings settings) {
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode all = answer.putObject("settings");
        settings.all().forEach(all::put);
        return AdminAnswers.json(HttpResponseStatus.OK, JSON.writeValueAsString(answer));
    }

    private static FullHttpResponse set(AdminRequest request, SharedSettings settings)
            throws IOException {
        if (!request.isJson()) {
            return AdminAnswers.notJson();
        }
        JsonNode asked;
        try {
            asked = JSON.readTree(request.body());
        } catch (JacksonException _) {
            throw new IllegalArgumentException("the body is no JSON");
        }
        String key = asked.path("key").asString("");
        JsonNode value = asked.path("value");
        Optional<String> text =
                value.isMissingNode() || value.isNull()
                        ? Optional.empty()
                        : Optional.of(value.asString(""));
        settings.set(key, text);
        AuditLog.say(
                request.who(),
                request.from(),
                "set " + key + " for the cluster",
                "done",
                new LogField("value", text.orElse("as each node was started with")));
        return shown(settings);
    }
}
