package io.tsdb.storage.schema;

/// How much of each there may be; what is there already stays and goes on, whatever these say.
///
/// @param databases of a node
/// @param measurements of a database
/// @param series of a database
/// @param fields of a measurement
/// @param tags keys of a measurement
public record SchemaLimits(int databases, int measurements, int series, int fields, int tags) {
    public static final SchemaLimits DEFAULT =
            new SchemaLimits(1_000, 10_000, 100_000_000, 4_096, 256);

    public SchemaLimits {
        if (databases < 1 || measurements < 1 || series < 1 || fields < 1 || tags < 1) {
            throw new IllegalArgumentException(
                    "limits of the schema must be 1 or more: "
                            + databases
                            + ", "
                            + measurements
                            + ", "
                            + series
                            + ", "
                            + fields
                            + ", "
                            + tags);
        }
    }
}
