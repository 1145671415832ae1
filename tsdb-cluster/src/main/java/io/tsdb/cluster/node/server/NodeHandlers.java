package io.tsdb.cluster.node.server;

import io.netty.channel.ChannelHandler;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.ingest.transport.WriteEndpoint;
import io.tsdb.query.http.InfluxDeleteHandler;
import io.tsdb.query.http.InfluxQueryHandler;
import io.tsdb.query.http.SqlHandler;
import io.tsdb.storage.net.HealthHandler;

import java.util.List;
import java.util.function.Supplier;

/// The handlers of an HTTP connection, in order; [AccessHandler] stands before them all.
///
/// @param sql, influxQuery, influxDelete, health make the handler of one connection
/// @param metrics text of `/metrics`
/// @param version for the landing page
record NodeHandlers(
        RequestAuthorizer authorizer,
        WriteEndpoint write,
        Supplier<SqlHandler> sql,
        Supplier<InfluxQueryHandler> influxQuery,
        Supplier<InfluxDeleteHandler> influxDelete,
        Supplier<HealthHandler> health,
        Supplier<String> metrics,
        String version)
        implements Supplier<List<ChannelHandler>> {
    static final String METRICS_PATH = "/metrics";
    static final String LANDING_PATH = "/";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    @Override
    public List<ChannelHandler> get() {
        return List.of(
                new AccessHandler(authorizer),
                write.newHandler(),
                sql.get(),
                influxQuery.get(),
                influxDelete.get(),
                health.get(),
                new TextHandler(METRICS_PATH, PROMETHEUS_TEXT, metrics),
                new TextHandler(LANDING_PATH, PLAIN_TEXT, this::landingPage));
    }

    private String landingPage() {
        return """
        tsdb %s

        POST /write?db=NAME                line protocol, as InfluxDB 1.x
        POST /api/v2/write?bucket=NAME     line protocol, as InfluxDB 2.x
        POST /api/v3/write_lp?db=NAME      line protocol, as InfluxDB 3
        POST /api/v2/delete?bucket=NAME    rows go, as InfluxDB 2.x
        GET  /api/v1/sql?db=NAME&q=SELECT  SQL; POST too; format=json or csv
        GET  /ping  /health  /ready        state
        GET  /metrics                      counters, for Prometheus

        On a command line: tsdb sql
        """
                .formatted(version);
    }
}
