package io.tsdb.cluster.node.server;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.node.admin.AdminRoutes;
import io.tsdb.cluster.node.console.Console;
import io.tsdb.ingest.transport.WriteEndpoint;
import io.tsdb.query.http.InfluxDeleteHandler;
import io.tsdb.query.http.InfluxQueryHandler;
import io.tsdb.query.http.SqlHandler;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.GetHandler;
import io.tsdb.storage.net.HealthAnswers;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpRoutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What a node answers over HTTP, and who may ask: the only list of its paths.
///
/// @param sql, influxQuery, influxDelete make the handler of one connection
/// @param metrics text of `/metrics`
/// @param version for the landing page
record NodeRoutes(
        Access access,
        WriteEndpoint write,
        Supplier<SqlHandler> sql,
        Supplier<InfluxQueryHandler> influxQuery,
        Supplier<InfluxDeleteHandler> influxDelete,
        HealthAnswers health,
        Supplier<String> metrics,
        AdminRoutes admin,
        Console console,
        String version) {
    private static final String METRICS_PATH = "/metrics";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    HttpRoutes routes() {
        var all = new ArrayList<HttpRoute>();
        all.addAll(
                List.of(
                        write.route(),
                        HttpRoute.of(Set.of(SqlHandler.PATH), sql),
                        HttpRoute.of(Set.of(InfluxQueryHandler.PATH), influxQuery),
                        HttpRoute.of(Set.of(InfluxDeleteHandler.PATH), influxDelete),
                        HttpRoute.of(HealthAnswers.PATHS, () -> new GetHandler(health)),
                        new HttpRoute(
                                Set.of(METRICS_PATH),
                                new AllDatabasesGuard(access, Access.Right.READ),
                                () -> new GetHandler(_ -> metricsPage()))));
        all.addAll(admin.routes());
        all.addAll(console.routes(this::landingPage));
        return new HttpRoutes(
                all,
                _ -> HttpText.error(HttpResponseStatus.NOT_FOUND, "not found", "no such path"));
    }

    private FullHttpResponse metricsPage() {
        return HttpText.of(HttpResponseStatus.OK, PROMETHEUS_TEXT, metrics.get());
    }

    private String landingPage() {
        return """
        tsdb %s

        POST /write?db=NAME                line protocol, as InfluxDB 1.x
        POST /api/v2/write?bucket=NAME     line protocol, as InfluxDB 2.x
        POST /api/v3/write_lp?db=NAME      line protocol, as InfluxDB 3
        POST /api/v2/delete?bucket=NAME    rows go, as InfluxDB 2.x
        GET  /api/v1/sql?db=NAME&q=SELECT  SQL; POST too; format=json or csv
        GET  /                             this, or the console in a browser
        GET  /ping  /health  /ready        state
        GET  /metrics                      counters, for Prometheus

        On a command line: tsdb sql
        """
                .formatted(version);
    }
}
