package io.tsdb.loadgen.compare;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/// The peers by name.
public final class Peers {
    public static final List<String> NAMES =
            List.of(
                    "tsdb",
                    "questdb",
                    "questdb-sync",
                    "influxdb",
                    "victoria-metrics",
                    DuckDbOverParquet.NAME);

    private Peers() {}

    /// @param tsdb launcher of tsdb
    /// @param questdbJar jar of QuestDB, or null to have Maven copy it
    /// @throws IllegalArgumentException when there is no peer of that name
    public static Peer named(String name, Path tsdb, @Nullable Path questdbJar) {
        return switch (name) {
            case "tsdb" -> new TsdbPeer(tsdb);
            case "questdb" -> new QuestDbPeer(questdbJar, false);
            case "questdb-sync" -> new QuestDbPeer(questdbJar, true);
            case "influxdb" -> new InfluxDbPeer();
            case "victoria-metrics" -> new VictoriaMetricsPeer();
            default ->
                    throw new IllegalArgumentException(
                            "unknown peer '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }
}
