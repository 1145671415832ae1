package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.logging.AuditLog;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.storage.model.JsonText;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// `POST /api/v1/settings/reload`. Any thread; blocks on files.
public final class ReloadAnswers {
    static final String PATH = "/api/v1/settings/reload";

    private final Reload reload;

    /// Reads the settings again.
    @FunctionalInterface
    public interface Reload {
        /// @return empty where it is not known where they come from
        /// @throws ConfigException when one is wrong: all stay as they were
        Optional<Outcome> run();
    }

    /// @param applied settings that have another value now
    /// @param needStart settings that have another value from the next start on
    public record Outcome(List<String> applied, List<String> needStart) {
        public Outcome {
            applied = List.copyOf(applied);
            needStart = List.copyOf(needStart);
        }
    }

    ReloadAnswers(Reload reload) {
        this.reload = reload;
    }

    FullHttpResponse answer(AdminRequest request) {
        if (!request.method().name().equals("POST")) {
            return AdminAnswers.wrongMethod(request, "POST");
        }
        if (!request.isJson()) {
            return AdminAnswers.notJson();
        }
        try {
            Optional<Outcome> outcome = reload.run();
            if (outcome.isEmpty()) {
                return AdminAnswers.error(
                        HttpResponseStatus.NOT_FOUND, "unsupported", "this node has no settings");
            }
            AuditLog.say(
                    request.who(),
                    request.from(),
                    "reload settings",
                    "done",
                    new LogField("changed", outcome.get().applied()));
            return AdminAnswers.json(
                    HttpResponseStatus.OK,
                    "{\"applied\":%s,\"needStart\":%s}"
                            .formatted(
                                    list(outcome.get().applied()),
                                    list(outcome.get().needStart())));
        } catch (ConfigException e) {
            return AdminAnswers.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "invalid_value",
                    String.valueOf(e.getMessage()));
        }
    }

    private static String list(List<String> names) {
        return names.stream().map(JsonText::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}
