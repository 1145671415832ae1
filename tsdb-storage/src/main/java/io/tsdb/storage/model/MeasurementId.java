package io.tsdb.storage.model;

/// Identity of a measurement: numbers that are given once and never again. Names may come back, for
/// another database or measurement; numbers do not.
///
/// @param database number of the database in the store, from 1
/// @param measurement number of the measurement in its database, from 1
public record MeasurementId(int database, int measurement) implements Comparable<MeasurementId> {
    public MeasurementId {
        if (database < 1 || measurement < 1) {
            throw new IllegalArgumentException(
                    "numbers begin at 1: database=" + database + ", measurement=" + measurement);
        }
    }

    /// Both numbers in one, for tables of primitives.
    public static long packed(int database, int measurement) {
        return (long) database << 32 | measurement;
    }

    public long packed() {
        return packed(database, measurement);
    }

    /// The database's number out of both.
    public static int databaseOf(long packed) {
        return (int) (packed >>> 32);
    }

    public static MeasurementId ofPacked(long packed) {
        return new MeasurementId(databaseOf(packed), (int) packed);
    }

    @Override
    public int compareTo(MeasurementId other) {
        return Long.compare(packed(), other.packed());
    }

    @Override
    public String toString() {
        return database + "/" + measurement;
    }
}
