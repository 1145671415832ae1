package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.QueryRequest;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.result.CsvResultWriter;
import io.tsdb.query.result.JsonResultWriter;
import io.tsdb.query.result.ResultWriter;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.StatementAccess;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// `GET/POST /api/v1/sql`. One per connection. A client that goes away cancels its query.
public final class SqlHandler extends RequestCollector {
    public static final String PATH = "/api/v1/sql";

    private static final Logger LOG = LoggerFactory.getLogger(SqlHandler.class);

    private final StatementRunner runner;
    private final Executor executor;
    private final QueryAuthorizer authorizer;
    private final String defaultDatabase;
    private volatile @Nullable ChannelSink sink;
    private volatile @Nullable QueryCancellation running;

    /// @param executor runs queries; each blocks its thread while it waits for shards or the
    ///   client. When it refuses, the answer is 503
    /// @param defaultDatabase for requests without `db`
    public SqlHandler(
            StatementRunner runner,
            Executor executor,
            QueryAuthorizer authorizer,
            String defaultDatabase) {
        super(PATH);
        this.runner = runner;
        this.executor = executor;
        this.authorizer = authorizer;
        this.defaultDatabase = defaultDatabase;
    }

    @Override
    void request(
            ChannelHandlerContext ctx,
            HttpRequest request,
            Map<String, List<String>> parameters,
            String text) {
        SqlRequest asked;
        try {
            asked =
                    SqlRequest.of(
                            parameters,
                            request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
                            request.headers().get(HttpHeaderNames.ACCEPT, ""),
                            text,
                            defaultDatabase);
        } catch (QueryException e) {
            ctx.writeAndFlush(error(e));
            return;
        }
        QueryAuthorizer.Decision decision;
        try {
            decision = decide(request, parameters, asked);
        } catch (QueryException e) {
            ctx.writeAndFlush(error(e));
            return;
        }
        switch (decision) {
            case ALLOWED -> submit(ctx, asked);
            case UNAUTHENTICATED -> {
                FullHttpResponse response =
                        refusal(
                                HttpResponseStatus.UNAUTHORIZED,
                                "unauthenticated",
                                "authentication required");
                response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"tsdb\"");
                ctx.writeAndFlush(response);
            }
            case FORBIDDEN ->
                    ctx.writeAndFlush(
                            refusal(
                                    HttpResponseStatus.FORBIDDEN,
                                    "forbidden",
                                    "this token may not do that"));
        }
    }

    /// Asks for the database that the statement touches, which for `DROP DATABASE b` is not the one
    /// that the request names. A stranger is not told what is wrong with a statement.
    private QueryAuthorizer.Decision decide(
            HttpRequest request, Map<String, List<String>> parameters, SqlRequest asked) {
        StatementAccess access;
        try {
            access = StatementAccess.of(asked.sql(), asked.database());
        } catch (QueryException e) {
            QueryAuthorizer.Decision stranger =
                    authorizer.authorize(request.headers(), parameters, asked.database(), false);
            if (stranger == QueryAuthorizer.Decision.UNAUTHENTICATED) {
                return stranger;
            }
            throw e;
        }
        return authorizer.authorize(
                request.headers(), parameters, access.database().orElse(""), access.administers());
    }

    private void submit(ChannelHandlerContext ctx, SqlRequest asked) {
        long began = System.nanoTime();
        var cancellation = new QueryCancellation();
        ResultWriter writer =
                switch (asked.format()) {
                    case JSON ->
                            new JsonResultWriter(asked.times(), () -> System.nanoTime() - began);
                    case CSV -> new CsvResultWriter(asked.times());
                };
        var target = new ChannelSink(ctx, writer.contentType());
        sink = target;
        running = cancellation;
        try {
            executor.execute(() -> run(ctx, asked, cancellation, writer, target));
        } catch (RejectedExecutionException e) {
            FullHttpResponse response =
                    refusal(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "overloaded",
                            "too many queries are running");
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
            ctx.writeAndFlush(response);
        }
    }

    private void run(
            ChannelHandlerContext ctx,
            SqlRequest asked,
            QueryCancellation cancellation,
            ResultWriter writer,
            ChannelSink target) {
        var request =
                new QueryRequest(asked.database(), asked.sql(), asked.parameters(), cancellation);
        try (QueryResult result = runner.execute(request)) {
            writer.write(result, target);
            target.finish();
        } catch (QueryException e) {
            fail(ctx, target, error(e));
        } catch (IOException e) {
            target.discard();
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), e.toString());
            ctx.close();
        } catch (RuntimeException | Error e) {
            LOG.error("query failed: {}", asked.sql(), e);
            fail(
                    ctx,
                    target,
                    refusal(
                            HttpResponseStatus.INTERNAL_SERVER_ERROR,
                            "internal_error",
                            "the query failed inside the server; its log says why"));
        }
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

    private static FullHttpResponse error(QueryException e) {
        HttpResponseStatus status =
                switch (e.code()) {
                    case UNKNOWN_DATABASE -> HttpResponseStatus.NOT_FOUND;
                    case LIMIT_EXCEEDED -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
                    case TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
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
        return response(
                status, "application/json", "{\"error\":" + JsonResultWriter.error(e) + "}\n");
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
        QueryCancellation cancellation = running;
        if (cancellation != null) {
            cancellation.cancel();
        }
        ChannelSink target = sink;
        if (target != null) {
            target.wake();
        }
        super.channelInactive(ctx);
    }
}
