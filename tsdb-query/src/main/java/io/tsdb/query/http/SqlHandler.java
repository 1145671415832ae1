package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.QueryCaller;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.Session;
import io.tsdb.query.result.ArrowResultWriter;
import io.tsdb.query.result.CsvResultWriter;
import io.tsdb.query.result.JsonResultWriter;
import io.tsdb.query.result.NdjsonResultWriter;
import io.tsdb.query.result.ParquetResultWriter;
import io.tsdb.query.result.ResultWriter;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.StatementAccess;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.Access;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;

/// `GET/POST /api/v1/sql`. One per connection. A client that goes away cancels its query.
public final class SqlHandler extends RequestCollector {
    public static final String PATH = "/api/v1/sql";

    private static final Logger LOG = LoggerFactory.getLogger(SqlHandler.class);

    private final StatementRunner runner;
    private final String defaultDatabase;
    private final Ticker ticker;
    private final StatementWatch watch;
    private volatile @Nullable ChannelSink sink;

    /// @param executor runs queries; each blocks its thread while it waits for shards or the
    ///   client. When it refuses, the answer is 503
    /// @param defaultDatabase for requests without `db`
    /// @param held shared with [InfluxQueryHandler] and all connections
    /// @param ticker for how long an answer took
    public SqlHandler(
            StatementRunner runner,
            Executor executor,
            Access access,
            String defaultDatabase,
            StatementBytes held,
            Ticker ticker,
            StatementWatch watch) {
        super(PATH, executor, access, held);
        this.runner = runner;
        this.ticker = ticker;
        this.defaultDatabase = defaultDatabase;
        this.watch = watch;
    }

    @Override
    void serve(ChannelHandlerContext ctx, Request request) {
        long began = ticker.nanos();
        @Nullable SqlRequest asked = null;
        Access.Decision decision;
        try {
            asked =
                    SqlRequest.of(
                            request.parameters(),
                            request.head().headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
                            request.head().headers().get(HttpHeaderNames.ACCEPT, ""),
                            request.text(),
                            defaultDatabase);
            decision = decide(request, asked);
        } catch (QueryException e) {
            if (asked != null) {
                tell(ctx, request, asked, ticker.nanos() - began, e.code().id());
            }
            ctx.writeAndFlush(error(e));
            return;
        }
        if (decision != Access.Decision.ALLOWED) {
            tell(ctx, request, asked, ticker.nanos() - began, EndedStatement.error(decision));
            ctx.writeAndFlush(denial(decision));
            return;
        }
        ResultWriter writer =
                switch (asked.format()) {
                    case JSON -> new JsonResultWriter(asked.times(), () -> ticker.nanos() - began);
                    case NDJSON -> new NdjsonResultWriter(asked.times());
                    case CSV -> new CsvResultWriter(asked.times());
                    case ARROW -> new ArrowResultWriter();
                    case PARQUET -> new ParquetResultWriter();
                };
        ContentCoding coding =
                ContentCoding.of(request.head().headers().get(HttpHeaderNames.ACCEPT_ENCODING, ""));
        var target = new ChannelSink(ctx, writer.contentType(), coding, request.cancellation());
        sink = target;
        var session =
                new Session(
                        asked.database(),
                        asked.parameters(),
                        QueryLimits.NONE,
                        asked.timeZone(),
                        request.cancellation(),
                        caller(request.token()),
                        asked.consistency());
        run(ctx, asked.sql(), session, writer, target);
    }

    /// What `format` takes.
    public static List<String> formats() {
        return Arrays.stream(SqlRequest.Format.values())
                .map(format -> format.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /// Of a statement that does not run.
    private void tell(
            ChannelHandlerContext ctx,
            Request request,
            SqlRequest asked,
            long elapsedNanos,
            String error) {
        watch.ended(
                new EndedStatement(
                        StatementKind.of(asked.sql()),
                        asked.database(),
                        StatementText.forLog(asked.sql()),
                        caller(request.token()).name(),
                        address(ctx),
                        elapsedNanos,
                        0,
                        error));
    }

    /// Asks for the database that the statement touches, which for `DROP DATABASE b` is not the one
    /// that the request names.
    private Access.Decision decide(Request request, SqlRequest asked) {
        var touched = StatementAccess.of(asked.sql(), asked.database());
        for (StatementAccess.Need need : touched.needs()) {
            Access.Decision decision =
                    access().decide(
                                    request.token(),
                                    switch (need) {
                                        case READ -> Access.Right.READ;
                                        case WRITE -> Access.Right.WRITE;
                                        case ADMINISTRATE -> Access.Right.ADMINISTRATE;
                                    },
                                    touched.database().orElse(""));
            if (decision != Access.Decision.ALLOWED) {
                return decision;
            }
        }
        return Access.Decision.ALLOWED;
    }

    private QueryCaller caller(Optional<String> token) {
        return access().sender(token)
                .map(
                        sender ->
                                new QueryCaller(
                                        sender.name(),
                                        database ->
                                                sender.may(Access.Right.ADMINISTRATE, database)))
                .orElseGet(
                        () -> access().needsToken() ? QueryCaller.NOBODY : QueryCaller.EVERYBODY);
    }

    private void run(
            ChannelHandlerContext ctx,
            String sql,
            Session session,
            ResultWriter writer,
            ChannelSink target) {
        var event = new QueryEvent();
        event.begin();
        long began = ticker.nanos();
        long rowCount = 0;
        try (var result = new CountedResult(runner.execute(sql, session))) {
            try {
                target.coding().write(writer, result, target);
            } finally {
                rowCount = result.rowCount();
            }
            target.finish();
        } catch (QueryException e) {
            event.error = e.code().id();
            fail(ctx, target, error(e));
        } catch (IOException e) {
            event.error = "client_gone";
            target.discard();
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), e.toString());
            ctx.close();
        } catch (RuntimeException | Error e) {
            event.error = "internal_error";
            LOG.error("query failed: {}", StatementText.forLog(sql), e);
            fail(
                    ctx,
                    target,
                    refusal(
                            HttpResponseStatus.INTERNAL_SERVER_ERROR,
                            "internal_error",
                            "the query failed inside the server; its log says why"));
        } finally {
            if (event.shouldCommit()) {
                event.database = session.database();
                event.statement = StatementText.forLog(sql);
                event.commit();
            }
            tell(ctx, sql, session, ticker.nanos() - began, rowCount, event.error);
        }
    }

    private void tell(
            ChannelHandlerContext ctx,
            String sql,
            Session session,
            long elapsedNanos,
            long rowCount,
            String error) {
        StatementKind kind = StatementKind.of(sql);
        watch.ended(
                new EndedStatement(
                        kind,
                        session.database(),
                        error.isEmpty() && kind.isAdministrative()
                                ? StatementText.forAudit(kind, sql)
                                : StatementText.forLog(sql),
                        session.caller().name(),
                        address(ctx),
                        elapsedNanos,
                        rowCount,
                        error));
    }

    /// An answer that has begun cannot become an error any more: cutting the connection tells the
    /// client.
    private static void fail(
            ChannelHandlerContext ctx, ChannelSink target, FullHttpResponse response) {
        if (target.hasBegun()) {
            response.release();
            ctx.close();
        } else {
            target.discard();
            ctx.writeAndFlush(response);
        }
    }

    static HttpResponseStatus status(QueryErrorCode code) {
        return switch (code) {
            case UNKNOWN_DATABASE -> HttpResponseStatus.NOT_FOUND;
            case LIMIT_EXCEEDED -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
            case MEMORY_BUSY, OVERLOADED, UNAVAILABLE -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case DISK_FULL -> HttpResponseStatus.INSUFFICIENT_STORAGE;
            case TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case DAMAGED_DATA, WRITE_FAILED -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
            case SYNTAX_ERROR,
                    DATABASE_EXISTS,
                    UNKNOWN_MEASUREMENT,
                    UNKNOWN_COLUMN,
                    AMBIGUOUS_NAME,
                    UNKNOWN_FUNCTION,
                    UNKNOWN_PARAMETER,
                    TYPE_MISMATCH,
                    INVALID_VALUE,
                    NOT_GROUPED,
                    UNSUPPORTED,
                    OUT_OF_RANGE,
                    CANCELLED ->
                    HttpResponseStatus.BAD_REQUEST;
        };
    }

    private static FullHttpResponse error(QueryException e) {
        HttpResponseStatus status = status(e.code());
        FullHttpResponse response =
                response(
                        status,
                        "application/json",
                        "{\"error\":" + JsonResultWriter.error(e) + "}\n");
        if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
                || status.equals(HttpResponseStatus.INSUFFICIENT_STORAGE)) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return response;
    }

    @Override
    FullHttpResponse refusal(HttpResponseStatus status, String code, String message) {
        return response(
                status,
                "application/json",
                "{\"error\":" + JsonResultWriter.error(code, message, 0, 0) + "}\n");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ChannelSink target = sink;
        if (target != null) {
            target.wake();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ChannelSink target = sink;
        if (target != null) {
            target.wake();
        }
        super.channelInactive(ctx);
    }
}
