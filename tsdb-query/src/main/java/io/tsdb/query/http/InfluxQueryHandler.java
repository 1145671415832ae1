package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.model.NameRule;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// `GET/POST /query` for InfluxDB 1.x clients: `CREATE DATABASE`, `DROP DATABASE` and `SHOW
/// DATABASES`, which they send on their own (Telegraf after a 404, influxdb-java at start).
/// Everything else gets an error that names the SQL endpoint.
public final class InfluxQueryHandler extends RequestCollector {
    public static final String PATH = "/query";

    /// Each may wait for the disk.
    static final int STATEMENTS_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(InfluxQueryHandler.class);

    private final DatabaseControl control;
    private final Supplier<SortedSet<String>> databases;

    /// @param executor runs statements that wait for the disk
    /// @param held shared with [SqlHandler] and all connections
    public InfluxQueryHandler(
            DatabaseControl control,
            Supplier<SortedSet<String>> databases,
            Executor executor,
            QueryAuthorizer authorizer,
            StatementBytes held) {
        super(PATH, executor, authorizer, held);
        this.control = control;
        this.databases = databases;
    }

    @Override
    void serve(ChannelHandlerContext ctx, Request request) {
        String asked = request.first("q");
        String query = asked == null ? request.text() : asked;
        if (query.isBlank()) {
            ctx.writeAndFlush(refusal("missing required parameter \"q\""));
            return;
        }
        List<InfluxStatement> statements = InfluxStatement.parse(query);
        boolean administrative =
                !statements.stream().allMatch(InfluxStatement.ShowDatabases.class::isInstance);
        QueryAuthorizer.Decision decision =
                authorizer()
                        .authorize(request.head().headers(), request.query(), "", administrative);
        ctx.writeAndFlush(
                decision == QueryAuthorizer.Decision.ALLOWED
                        ? answer(statements)
                        : denial(decision));
    }

    private FullHttpResponse answer(List<InfluxStatement> statements) {
        if (statements.size() > STATEMENTS_MAX) {
            return refusal("a request has at most " + STATEMENTS_MAX + " statements");
        }
        if (statements.stream().anyMatch(InfluxStatement.Other.class::isInstance)) {
            return refusal(
                    "error parsing query: of InfluxQL this server runs CREATE DATABASE, DROP"
                            + " DATABASE and SHOW DATABASES; send SQL to /api/v1/sql");
        }
        var results = new ArrayList<String>();
        for (InfluxStatement statement : statements) {
            results.add("{\"statement_id\":" + results.size() + run(statement) + "}");
        }
        return response(
                HttpResponseStatus.OK,
                "application/json",
                "{\"results\":[" + String.join(",", results) + "]}\n");
    }

    /// @return members that follow the statement's number
    private String run(InfluxStatement statement) {
        try {
            return switch (statement) {
                case InfluxStatement.ShowDatabases() -> databaseRows();
                case InfluxStatement.CreateDatabase(String name) -> create(name);
                case InfluxStatement.DropDatabase(String name) -> {
                    control.drop(name);
                    yield "";
                }
                case InfluxStatement.Other() ->
                        throw new IllegalStateException("BUG: a statement that we do not run");
            };
        } catch (RuntimeException e) {
            LOG.error("an InfluxQL statement failed", e);
            return ",\"error\":" + JsonText.quoted(String.valueOf(e.getMessage()));
        }
    }

    private String create(String name) {
        Optional<String> violation = NameRule.DATABASE.violation(name);
        if (violation.isPresent()) {
            return ",\"error\":" + JsonText.quoted(violation.get());
        }
        control.create(name);
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
