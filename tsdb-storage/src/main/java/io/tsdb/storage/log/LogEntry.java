package io.tsdb.storage.log;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.Retention;

import org.roaringbitmap.RoaringBitmap;

/// What is logged. Applying entries in log order from nothing gives the same state on every
/// machine; so an entry names everything by number, and holds what was decided, not what was asked.
public sealed interface LogEntry {
    /// Shard: points; see [PointBatch] for the order in which they win over one another.
    record Write(PointBatch batch) implements LogEntry {}

    /// Shard: the head is cut here, so that every replica flushes the same rows.
    ///
    /// @param seconds time of day of who logged it, since 1970, from which replicas decide what to
    ///   merge next; 0 where nobody else applies the log
    record Flush(long seconds) implements LogEntry {
        @Override
        public String toString() {
            return seconds == 0 ? "Flush[]" : "Flush[seconds=" + seconds + "]";
        }
    }

    /// Shard: a database's data goes; what comes after for its number is void. Catalog: the number
    /// has ended.
    record DropDatabase(int database) implements LogEntry {}

    /// Shard: a measurement's data goes; what comes after for its number is void. Catalog: the
    /// number has ended.
    record DropMeasurement(MeasurementId measurement) implements LogEntry {}

    /// Catalog: the database gets the next number, unless there is one of that name.
    record CreateDatabase(String database) implements LogEntry {}

    /// Catalog: how long rows are kept.
    ///
    /// @param measurement 0 for all of the database that have no limit of their own
    record SetRetention(int database, int measurement, Retention retention) implements LogEntry {}

    /// Catalog: a document of whoever runs the store gets a new text, unless another entry was
    /// faster.
    ///
    /// @param expected index of the entry that the new text was made from; 0 when there was none
    record SetDocument(String name, long expected, String text) implements LogEntry {
        @Override
        public String toString() {
            return "SetDocument[name=%s, expected=%d, chars=%d]"
                    .formatted(name, expected, text.length());
        }
    }

    /// Catalog: all of these, or none.
    record Define(Definitions definitions) implements LogEntry {}

    /// Shard: rows of a measurement go that were logged up to an index; no part and no head of the
    /// shard holds entries from both before and after it. In a log with replicas it is void when
    /// the head was cut between the two: parts may have been merged across the index then.
    ///
    /// @param upTo less than the index of this entry: what was logged between the two stays
    record Delete(MeasurementId measurement, long upTo, DeletedRows rows) implements LogEntry {}

    /// Shard: series of a measurement end, of which no row is left at this index. Their keys may
    /// come again, as new series.
    ///
    /// @param series shard-local ids
    record Forget(MeasurementId measurement, RoaringBitmap series) implements LogEntry {}
}
