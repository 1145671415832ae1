package io.tsdb.storage.net;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tsdb.storage.model.JsonText;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// `/ping`, `/health`, `/ready`, and `/settings` by which QuestDB's clients choose a protocol
/// version. Without authentication, as probes and clients expect. Any thread.
public final class HealthAnswers implements Function<HttpRequest, FullHttpResponse> {
    private static final String PING = "/ping";
    private static final String HEALTH = "/health";
    private static final String READY = "/ready";
    private static final String SETTINGS = "/settings";

    /// The paths of its route.
    public static final Set<String> PATHS = Set.of(PING, HEALTH, READY, SETTINGS);

    private final ServerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Supplier<Health> health;

    /// The state of the node.
    ///
    /// @param ready whether it serves writes and queries; false also for one that does not now, and
    ///   will by itself
    /// @param pass false when something is broken that does not heal by waiting
    /// @param message one line for people
    public record Health(boolean ready, boolean pass, String message) {
        public static final Health OK = new Health(true, true, "ready for queries and writes");
    }

    public HealthAnswers(
            ServerIdentity identity,
            InstantSource clock,
            Instant startedAt,
            Supplier<Health> health) {
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
        this.health = health;
    }

    @Override
    public FullHttpResponse apply(HttpRequest request) {
        var uri = new QueryStringDecoder(request.uri());
        return switch (uri.rawPath()) {
            case PING -> ping(uri);
            case HEALTH -> healthAnswer();
            case READY -> readyAnswer();
            default -> settings();
        };
    }

    private FullHttpResponse ping(QueryStringDecoder uri) {
        List<String> verbose = uri.parameters().getOrDefault("verbose", List.of("false"));
        if (verbose.getFirst().equals("false") || verbose.getFirst().equals("0")) {
            return HttpAnswers.empty(HttpResponseStatus.NO_CONTENT);
        }
        return HttpAnswers.json(
                HttpResponseStatus.OK,
                "{\"product\":\"tsdb\",\"version\":"
                        + JsonText.quoted(identity.influxVersion())
                        + ",\"tsdb_version\":"
                        + JsonText.quoted(identity.version())
                        + "}");
    }

    private FullHttpResponse healthAnswer() {
        Health now = health.get();
        boolean good = now.pass() && now.ready();
        return HttpAnswers.json(
                good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                "{\"name\":\"tsdb\",\"message\":"
                        + JsonText.quoted(now.message())
                        + ",\"status\":\""
                        + (good ? "pass" : "fail")
                        + "\",\"checks\":[],\"version\":"
                        + JsonText.quoted(identity.version())
                        + "}");
    }

    private FullHttpResponse readyAnswer() {
        Health now = health.get();
        if (!now.ready()) {
            FullHttpResponse response =
                    HttpAnswers.json(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "{\"status\":\"not ready\",\"message\":"
                                    + JsonText.quoted(now.message())
                                    + "}");
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
            return response;
        }
        Duration up = Duration.between(startedAt, clock.instant());
        return HttpAnswers.json(
                HttpResponseStatus.OK,
                "{\"status\":\"ready\",\"started\":"
                        + JsonText.quoted(startedAt.toString())
                        + ",\"up\":\""
                        + up.toHours()
                        + "h"
                        + up.toMinutesPart()
                        + "m"
                        + up.toSecondsPart()
                        + "s\"}");
    }

    private static FullHttpResponse settings() {
        return HttpAnswers.json(
                HttpResponseStatus.OK, "{\"config\":{\"line.proto.support.versions\":[1]}}");
    }
}
