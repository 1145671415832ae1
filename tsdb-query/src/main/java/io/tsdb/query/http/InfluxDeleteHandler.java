package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.Session;
import io.tsdb.query.http.InfluxDeleteRequest.Refusal;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.Access;

import java.util.Set;
import java.util.concurrent.Executor;

/// `POST /api/v2/delete` of InfluxDB 2.x: rows of a bucket between two times, chosen by a predicate
/// on tags. 204 when they are gone; how many is in the header `X-Tsdb-Deleted`.
public final class InfluxDeleteHandler extends RequestCollector {
    public static final String PATH = "/api/v2/delete";

    /// How many rows went.
    static final String DELETED_HEADER = "X-Tsdb-Deleted";

    private final InfluxDeletes deletes;
    private final Ticker ticker;
    private final StatementWatch watch;

    /// @param executor runs deletes
    /// @param held shared with [SqlHandler] and all connections
    public InfluxDeleteHandler(
            InfluxDeletes deletes,
            Executor executor,
            Access access,
            StatementBytes held,
            Ticker ticker,
            StatementWatch watch) {
        super(PATH, Set.of(HttpMethod.POST), executor, access, held);
        this.deletes = deletes;
        this.ticker = ticker;
        this.watch = watch;
    }

    @Override
    void serve(ChannelHandlerContext ctx, Request request) {
        long began = ticker.nanos();
        String error = "";
        try {
            String bucket = bucket(request);
            Access.Decision decision = access().decide(request.token(), Access.Right.WRITE, bucket);
            if (decision != Access.Decision.ALLOWED) {
                error = EndedStatement.error(decision);
                ctx.writeAndFlush(denial(decision));
                return;
            }
            InfluxDeleteRequest asked = InfluxDeleteRequest.of(request.text());
            long deleted =
                    deletes.delete(
                            Session.of(bucket).withCancellation(request.cancellation()),
                            asked.measurements(),
                            asked.condition()::on);
            FullHttpResponse response = response(HttpResponseStatus.NO_CONTENT, "", "");
            response.headers().remove(HttpHeaderNames.CONTENT_TYPE);
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
            response.headers().set(DELETED_HEADER, deleted);
            ctx.writeAndFlush(response);
        } catch (Refusal wrong) {
            error = QueryErrorCode.INVALID_VALUE.id();
            ctx.writeAndFlush(
                    refusal(
                            HttpResponseStatus.BAD_REQUEST,
                            "",
                            String.valueOf(wrong.getMessage())));
        } catch (QueryException failed) {
            error = failed.code().id();
            ctx.writeAndFlush(answer(failed, bucketNamed(request)));
        } finally {
            watch.ended(
                    new EndedStatement(
                            StatementKind.DELETE,
                            bucketNamed(request),
                            "POST " + PATH,
                            senderName(request.token()),
                            address(ctx),
                            ticker.nanos() - began,
                            0,
                            error));
        }
    }

    /// InfluxDB reads JSON whatever its type is said to be, and `curl -d` says that it is a form.
    @Override
    boolean isForm(String type) {
        return false;
    }

    private static String bucketNamed(Request request) {
        String bucket = request.first("bucket");
        String named = bucket == null ? request.first("bucketID") : bucket;
        return named == null ? "" : named;
    }

    /// A bucket is a database; of `database/retention-policy` the database counts.
    private static String bucket(Request request) throws Refusal {
        String bucket = bucketNamed(request);
        if (bucket.isEmpty()) {
            throw new Refusal("bucket is required");
        }
        int slash = bucket.indexOf('/');
        return slash <= 0 ? bucket : bucket.substring(0, slash);
    }

    private FullHttpResponse answer(QueryException failed, String bucket) {
        if (failed.code() == QueryErrorCode.UNKNOWN_DATABASE) {
            return refusal(HttpResponseStatus.NOT_FOUND, "", "bucket \"" + bucket + "\" not found");
        }
        HttpResponseStatus status = SqlHandler.status(failed.code());
        FullHttpResponse response = refusal(status, "", failed.text());
        if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return response;
    }

    @Override
    FullHttpResponse refusal(HttpResponseStatus status, String code, String message) {
        String name =
                switch (status.code()) {
                    case 400 -> "invalid";
                    case 401 -> "unauthorized";
                    case 403 -> "forbidden";
                    case 404 -> "not found";
                    case 405 -> "method not allowed";
                    case 413 -> "request too large";
                    case 422 -> "unprocessable entity";
                    case 503, 504 -> "unavailable";
                    default -> "internal error";
                };
        FullHttpResponse response =
                response(
                        status,
                        "application/json; charset=utf-8",
                        "{\"code\":"
                                + JsonText.quoted(name)
                                + ",\"message\":"
                                + JsonText.quoted(message)
                                + "}");
        response.headers().set("X-Platform-Error-Code", name);
        return response;
    }
}
