package io.tsdb.storage.schema;

/// How much of each there may be; what is there already stays and goes on, whatever these say.
///
/// @param databases of a node
/// @param measurements of a database
/// @param series of a database
/// @param seriesOfMeasurement of a measurement
/// @param fields of a measurement
/// @param tags keys of a measurement
public record SchemaLimits(
        int databases,
        int measurements,
        int series,
        int seriesOfMeasurement,
        int fields,
        int tags) {
    public static final SchemaLimits DEFAULT =
            new SchemaLimits(1_000, 10_000, 100_000_000, 100_000_000, 4_096, 256);

    public SchemaLimits {
        if (databases < 1
                || measurements < 1
                || series < 1
                || seriesOfMeasurement < 1
                || fields < 1
                || tags < 1) {
            throw new IllegalArgumentException(
                    "limits of the schema must be 1 or more: "
                            + databases
                            + ", "
                            + measurements
                            + ", "
                            + series
                            + ", "
                            + seriesOfMeasurement
                            + ", "
                            + fields
                            + ", "
                            + tags);
        }
    }

    /// Whether a measurement may have fewer series than its database, so that they must be counted.
    public boolean countsSeriesOfMeasurements() {
        return seriesOfMeasurement < series;
    }

    /// Why a new series of a database is refused.
    ///
    /// @param count that the database has
    public String noSeriesInDatabase(long count) {
        return noSeries("database", count, series, "database-series-max");
    }

    /// Why a new series of a measurement is refused.
    ///
    /// @param count that the measurement has
    public String noSeriesInMeasurement(long count) {
        return noSeries("measurement", count, seriesOfMeasurement, "measurement-series-max");
    }

    private static String noSeries(String of, long count, int limit, String setting) {
        return "no room for a new series: the "
                + of
                + " has "
                + count
                + ", the limit is "
                + limit
                + " ("
                + setting
                + "); series that exist go on; SHOW CARDINALITY says which tag makes so many";
    }
}
