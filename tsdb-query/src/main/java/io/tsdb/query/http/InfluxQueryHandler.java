package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.Session;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.model.NameRule;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.Access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// `GET/POST /query` for InfluxDB 1.x clients: `CREATE DATABASE`, `DROP DATABASE` and `SHOW
/// DATABASES`, which they send on their own (Telegraf after a 404, influxdb-java at start), and
/// `DELETE`, `DROP SERIES` and `DROP MEASUREMENT` on the database of `db`. Everything else gets an
/// error that names the SQL endpoint.
public final class InfluxQueryHandler extends RequestCollector {
    public static final String PATH = "/query";

    /// Each may wait for the disk.
    static final int STATEMENTS_MAX = 100;

    private static final String ERROR = ",\"error\":";

    private static final Logger LOG = LoggerFactory.getLogger(InfluxQueryHandler.class);

    private final DatabaseControl control;
    private final Supplier<SortedSet<String>> databases;
    private final InfluxDeletes deletes;
    private final InstantSource clock;
    private final Ticker ticker;
    private final StatementWatch watch;

    /// @param executor runs statements that wait for the disk
    /// @param held shared with [SqlHandler] and all connections
    public InfluxQueryHandler(
            DatabaseControl control,
            Supplier<SortedSet<String>> databases,
            InfluxDeletes deletes,
            InstantSource clock,
            Executor executor,
            Access access,
            StatementBytes held,
            Ticker ticker,
            StatementWatch watch) {
        super(PATH, executor, access, held);
        this.ticker = ticker;
        this.watch = watch;
        this.control = control;
        this.databases = databases;
        this.deletes = deletes;
        this.clock = clock;
    }

    @Override
    void serve(ChannelHandlerContext ctx, Request request) {
        String asked = request.first("q");
        String query = asked == null ? request.text() : asked;
        if (query.isBlank()) {
            ctx.writeAndFlush(refusal("missing required parameter \"q\""));
            return;
        }
        List<InfluxStatement> statements;
        try {
            statements = InfluxStatement.parse(query, nowNanos());
        } catch (QueryException wrong) {
            ctx.writeAndFlush(refusal("error parsing query: " + wrong.text()));
            return;
        }
        Access.Decision decision = decide(request, statements);
        if (decision == Access.Decision.ALLOWED) {
            ctx.writeAndFlush(answer(ctx, statements, request));
        } else {
            statements.forEach(
                    each ->
                            tell(
                                    ctx,
                                    request,
                                    each,
                                    ticker.nanos(),
                                    EndedStatement.error(decision)));
            ctx.writeAndFlush(denial(decision));
        }
    }

    private long nowNanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static String database(Request request) {
        String database = request.first("db");
        return database == null ? "" : database;
    }

    private Access.Decision decide(Request request, List<InfluxStatement> statements) {
        for (InfluxStatement statement : statements) {
            Access.Right right =
                    switch (statement) {
                        case InfluxStatement.ShowDatabases _ -> Access.Right.READ;
                        case InfluxStatement.Delete _ -> Access.Right.WRITE;
                        case InfluxStatement.CreateDatabase _,
                                InfluxStatement.DropDatabase _,
                                InfluxStatement.DropMeasurement _,
                                InfluxStatement.Other _ ->
                                Access.Right.ADMINISTRATE;
                    };
            boolean inDatabase =
                    statement instanceof InfluxStatement.Delete
                            || statement instanceof InfluxStatement.DropMeasurement;
            Access.Decision decision =
                    access().decide(request.token(), right, inDatabase ? database(request) : "");
            if (decision != Access.Decision.ALLOWED) {
                return decision;
            }
        }
        return Access.Decision.ALLOWED;
    }

    private FullHttpResponse answer(
            ChannelHandlerContext ctx, List<InfluxStatement> statements, Request request) {
        if (statements.size() > STATEMENTS_MAX) {
            return refusal("a request has at most " + STATEMENTS_MAX + " statements");
        }
        if (statements.stream().anyMatch(InfluxStatement.Other.class::isInstance)) {
            return refusal(
                    "error parsing query: of InfluxQL this server runs CREATE DATABASE, DROP"
                            + " DATABASE, SHOW DATABASES, DELETE, DROP SERIES and DROP MEASUREMENT;"
                            + " send SQL to /api/v1/sql");
        }
        var results = new ArrayList<String>();
        for (InfluxStatement statement : statements) {
            long began = ticker.nanos();
            String members = run(statement, request);
            results.add("{\"statement_id\":" + results.size() + members + "}");
            tell(ctx, request, statement, began, members.startsWith(ERROR) ? "failed" : "");
        }
        return response(
                HttpResponseStatus.OK,
                "application/json",
                "{\"results\":[" + String.join(",", results) + "]}\n");
    }

    /// @return members that follow the statement's number
    private String run(InfluxStatement statement, Request request) {
        try {
            return switch (statement) {
                case InfluxStatement.ShowDatabases() -> databaseRows();
                case InfluxStatement.CreateDatabase create -> create(create);
                case InfluxStatement.DropDatabase(String name) -> {
                    control.drop(name);
                    yield "";
                }
                case InfluxStatement.DropMeasurement(String name) -> {
                    boolean dropped = control.dropMeasurement(existing(request), name);
                    yield dropped ? "" : error("measurement not found: " + name);
                }
                case InfluxStatement.Delete(List<String> measurements, InfluxCondition where) -> {
                    long deleted =
                            deletes.delete(
                                    Session.of(existing(request))
                                            .withCancellation(request.cancellation()),
                                    measurements,
                                    where::on);
                    yield ",\"messages\":[{\"level\":\"info\",\"text\":\""
                            + deleted
                            + " rows deleted\"}]";
                }
                case InfluxStatement.Other() ->
                        throw new IllegalStateException("BUG: a statement that we do not run");
            };
        } catch (QueryException wrong) {
            return error(wrong.text());
        } catch (RuntimeException e) {
            LOG.error("an InfluxQL statement failed", e);
            return error(String.valueOf(e.getMessage()));
        }
    }

    /// The database that the request names, which must be there.
    private String existing(Request request) {
        String database = database(request);
        if (database.isEmpty() || !databases.get().contains(database)) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_DATABASE,
                    Position.NONE,
                    database.isEmpty()
                            ? "database name required"
                            : "database not found: " + database);
        }
        return database;
    }

    private static String error(String text) {
        return ERROR + JsonText.quoted(text);
    }

    private void tell(
            ChannelHandlerContext ctx,
            Request request,
            InfluxStatement statement,
            long beganNanos,
            String error) {
        watch.ended(
                new EndedStatement(
                        kind(statement),
                        statement instanceof InfluxStatement.DropDatabase(String name)
                                        && error.isEmpty()
                                ? name
                                : database(request),
                        error.isEmpty() ? text(statement) : kind(statement) + " ...",
                        senderName(request.token()),
                        address(ctx),
                        ticker.nanos() - beganNanos,
                        0,
                        error));
    }

    private static StatementKind kind(InfluxStatement statement) {
        return switch (statement) {
            case InfluxStatement.ShowDatabases _ -> StatementKind.SHOW;
            case InfluxStatement.CreateDatabase _ -> StatementKind.CREATE;
            case InfluxStatement.DropDatabase _, InfluxStatement.DropMeasurement _ ->
                    StatementKind.DROP;
            case InfluxStatement.Delete _ -> StatementKind.DELETE;
            case InfluxStatement.Other _ -> StatementKind.OTHER;
        };
    }

    /// As SQL says it, of one that was done, since names of others may be anything; of a delete the
    /// measurements, not the condition.
    private static String text(InfluxStatement statement) {
        return switch (statement) {
            case InfluxStatement.ShowDatabases() -> "SHOW DATABASES";
            case InfluxStatement.CreateDatabase create -> "CREATE DATABASE " + create.name();
            case InfluxStatement.DropDatabase(String name) -> "DROP DATABASE " + name;
            case InfluxStatement.DropMeasurement(String name) -> "DROP MEASUREMENT " + name;
            case InfluxStatement.Delete(List<String> measurements, _) ->
                    "DELETE FROM "
                            + (measurements.isEmpty() ? "*" : String.join(", ", measurements));
            case InfluxStatement.Other() -> "InfluxQL that is not run here";
        };
    }

    private String create(InfluxStatement.CreateDatabase create) {
        String name = create.name();
        Optional<String> violation = NameRule.DATABASE.violation(name);
        if (violation.isPresent()) {
            return error(violation.get());
        }
        if (control.create(name) && create.retention().isLimited()) {
            control.setRetention(name, Optional.empty(), create.retention());
        }
        return "";
    }

    private String databaseRows() {
        var rows = databases.get().stream().map(name -> "[" + JsonText.quoted(name) + "]").toList();
        return ",\"series\":[{\"name\":\"databases\",\"columns\":[\"name\"],\"values\":["
                + String.join(",", rows)
                + "]}]";
    }

    private FullHttpResponse refusal(String text) {
        return refusal(HttpResponseStatus.BAD_REQUEST, "", text);
    }

    @Override
    FullHttpResponse refusal(HttpResponseStatus status, String code, String message) {
        return response(
                status, "application/json", "{\"error\":" + JsonText.quoted(message) + "}\n");
    }
}
