package io.tsdb.storage.net;

/// What the server says about itself in headers and health answers.
///
/// @param version of this program
/// @param influxVersion value of `X-Influxdb-Version`: Influx clients choose features by it
/// @param influxBuild value of `X-Influxdb-Build`
public record ServerIdentity(String version, String influxVersion, String influxBuild) {
    /// The identity of a tsdb version that v1 clients take for the last 1.x.
    public static ServerIdentity of(String version) {
        return new ServerIdentity(version, "1.8.10", "tsdb-" + version);
    }
}
