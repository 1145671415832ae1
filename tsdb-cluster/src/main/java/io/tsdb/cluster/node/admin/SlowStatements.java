package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.http.EndedStatement;
import io.tsdb.query.http.StatementWatch;
import io.tsdb.storage.model.JsonText;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The last statements that took long, for `/api/v1/statements/slow`. Any thread.
public final class SlowStatements implements StatementWatch {
    static final String PATH = "/api/v1/statements/slow";
    private static final int KEPT_MAX = 100;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final InstantSource clock;
    private final Deque<Slow> kept = new ArrayDeque<>();

    private record Slow(Instant ended, EndedStatement statement) {}

    public SlowStatements(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void ended(EndedStatement statement) {
        if (statement.elapsedNanos() < LONG_NANOS) {
            return;
        }
        synchronized (kept) {
            kept.addFirst(new Slow(clock.instant(), statement));
            if (kept.size() > KEPT_MAX) {
                kept.removeLast();
            }
        }
    }

    /// The latest first.
    FullHttpResponse answer(AdminRequest request) {
        if (!request.method().name().equals("GET")) {
            return AdminAnswers.wrongMethod(request, "GET");
        }
        synchronized (kept) {
            return AdminAnswers.json(
                    HttpResponseStatus.OK,
                    kept.stream()
                            .map(SlowStatements::text)
                            .collect(Collectors.joining(",", "{\"statements\":[", "]}")));
        }
    }

    private static String text(Slow slow) {
        EndedStatement statement = slow.statement();
        String outcome = statement.error().isEmpty() ? "done" : statement.error();
        return ("{\"ended\":%s,\"ms\":%d,\"rows\":%d,\"database\":%s,\"who\":%s,\"from\":%s,"
                        + "\"outcome\":%s,\"statement\":%s}")
                .formatted(
                        JsonText.quoted(slow.ended().toString()),
                        TimeUnit.NANOSECONDS.toMillis(statement.elapsedNanos()),
                        statement.rowCount(),
                        JsonText.quoted(statement.database()),
                        JsonText.quoted(statement.sender()),
                        JsonText.quoted(statement.address()),
                        JsonText.quoted(outcome),
                        JsonText.quoted(statement.text()));
    }
}
