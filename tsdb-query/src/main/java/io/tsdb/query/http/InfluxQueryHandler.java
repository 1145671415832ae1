package io.tsdb.query.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.result.JsonText;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `GET/POST /query` for InfluxDB 1.x clients: `CREATE DATABASE`, `DROP DATABASE` and `SHOW
/// DATABASES`, which they send on their own (Telegraf after a 404, influxdb-java at start).
/// Everything else gets an error that names the SQL endpoint.
public final class InfluxQueryHandler extends RequestCollector {
    public static final String PATH = "/query";

    private static final Logger LOG = LoggerFactory.getLogger(InfluxQueryHandler.class);
    private static final Pattern STATEMENT =
            Pattern.compile(
                    "(CREATE|DROP)\\s+DATABASE\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?(\"(?:[^\"\\\\]|\\\\.)+\"|[A-Za-z0-9_.-]+)(?:\\s+WITH\\s.*)?",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SHOW_DATABASES =
            Pattern.compile("SHOW\\s+DATABASES", Pattern.CASE_INSENSITIVE);

    private final DatabaseControl control;
    private final Supplier<SortedSet<String>> databases;
    private final Executor executor;
    private final QueryAuthorizer authorizer;

    /// @param executor runs statements that wait for the disk
    public InfluxQueryHandler(
            DatabaseControl control,
            Supplier<SortedSet<String>> databases,
            Executor executor,
            QueryAuthorizer authorizer) {
        super(PATH);
        this.control = control;
        this.databases = databases;
        this.executor = executor;
        this.authorizer = authorizer;
    }

    @Override
    void request(
            ChannelHandlerContext ctx,
            HttpRequest request,
            Map<String, List<String>> parameters,
            String text) {
        String asked = first(parameters, "q");
        String query = asked == null ? text : asked;
        if (query.isBlank()) {
            ctx.writeAndFlush(
                    refusal(
                            HttpResponseStatus.BAD_REQUEST,
                            "",
                            "missing required parameter \"q\""));
            return;
        }
        boolean administrative = !SHOW_DATABASES.matcher(query.strip()).matches();
        switch (authorizer.authorize(request.headers(), parameters, "", administrative)) {
            case ALLOWED -> executor.execute(() -> ctx.writeAndFlush(answer(query)));
            case UNAUTHENTICATED -> {
                FullHttpResponse response =
                        refusal(HttpResponseStatus.UNAUTHORIZED, "", "authorization failed");
                response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"tsdb\"");
                ctx.writeAndFlush(response);
            }
            case FORBIDDEN ->
                    ctx.writeAndFlush(refusal(HttpResponseStatus.FORBIDDEN, "", "forbidden"));
        }
    }

    private FullHttpResponse answer(String query) {
        var results = new ArrayList<String>();
        for (String statement : query.split(";")) {
            if (!statement.isBlank()) {
                String result = run(statement.strip());
                if (result == null) {
                    return refusal(
                            HttpResponseStatus.BAD_REQUEST,
                            "",
                            "error parsing query: of InfluxQL this server runs CREATE DATABASE,"
                                    + " DROP DATABASE and SHOW DATABASES; send SQL to /api/v1/sql");
                }
                results.add("{\"statement_id\":" + results.size() + result + "}");
            }
        }
        return response(
                HttpResponseStatus.OK,
                "application/json",
                "{\"results\":[" + String.join(",", results) + "]}\n");
    }

    /// @return members that follow the statement's number; null when it is not one of ours
    private @Nullable String run(String statement) {
        if (SHOW_DATABASES.matcher(statement).matches()) {
            var rows =
                    databases.get().stream().map(name -> "[" + JsonText.quote(name) + "]").toList();
            return ",\"series\":[{\"name\":\"databases\",\"columns\":[\"name\"],\"values\":["
                    + String.join(",", rows)
                    + "]}]";
        }
        Matcher matcher = STATEMENT.matcher(statement);
        if (!matcher.matches()) {
            return null;
        }
        String name = matcher.group(2);
        if (name.startsWith("\"")) {
            name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
        }
        try {
            if (matcher.group(1).equalsIgnoreCase("create")) {
                control.create(name);
            } else {
                control.drop(name);
            }
            return "";
        } catch (RuntimeException e) {
            LOG.error("{} failed", statement, e);
            return ",\"error\":" + JsonText.quote(String.valueOf(e.getMessage()));
        }
    }

    @Override
    FullHttpResponse refusal(HttpResponseStatus status, String code, String message) {
        return response(
                status, "application/json", "{\"error\":" + JsonText.quote(message) + "}\n");
    }
}
