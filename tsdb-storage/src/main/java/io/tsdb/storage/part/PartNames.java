package io.tsdb.storage.part;

import io.tsdb.storage.schema.MeasurementSchema;

import java.time.LocalDate;

/// What the files of a part say of themselves: names, so that they can be read without the catalog.
///
/// @param sequence of the part in its shard; with it the files are told from any others there
record PartNames(String database, String measurement, LocalDate date, long sequence) {
    PartNames {
        if (database.isEmpty() || measurement.isEmpty() || sequence < 0) {
            throw new IllegalArgumentException(
                    "a part needs names and a number: database='%s', measurement='%s', sequence=%d"
                            .formatted(database, measurement, sequence));
        }
    }

    static PartNames of(PartId id, MeasurementSchema schema) {
        return new PartNames(schema.database(), schema.name(), id.date(), id.sequence());
    }

    /// Nanoseconds since the epoch at which the partition's first day begins; that of the earliest
    /// time there is begins before it.
    ///
    /// @throws ArithmeticException when the day lies behind the last time there is
    long dayStartNanos() {
        return PartId.dayStartNanos(date);
    }

    @Override
    public String toString() {
        return database + "/" + measurement + "/" + date + "/" + sequence;
    }
}
