package io.tsdb.query.exec;

import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.StatementShape;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Plans of queries that were asked before with other strings in their conditions: of other hosts,
/// or another time. The one that was asked for longest ago goes first. Any thread.
final class PlanCache {
    /// What a plan and its trees take for a character of the text, about.
    private static final long CHARACTER_BYTES = 300;

    /// Shapes remembered that were asked for once: only what comes again is worth keeping.
    private static final int SEEN_ONCE = 1 << 12;

    /// What the plan depends on of a measurement: fields and tags only ever come.
    record Version(MeasurementSchema schema, int fieldCount, int tagCount) {
        static Version of(MeasurementSchema schema) {
            return new Version(schema, schema.fieldsByIndex().size(), schema.tagKeyCount());
        }

        boolean isNow(@Nullable MeasurementSchema now) {
            return now == schema
                    && now.fieldsByIndex().size() == fieldCount
                    && now.tagKeyCount() == tagCount;
        }
    }

    /// A plan of a shape.
    ///
    /// @param shape of the statement that the plan was made of
    /// @param open places of the strings that may differ
    /// @param select that has the condition, in which the strings are to be replaced
    /// @param scan of the plan
    record Entry(
            StatementShape shape,
            Set<Position> open,
            Query.Select select,
            PlannedQuery planned,
            ScanSpec scan,
            Version version) {
        /// Whether another statement of the same shape differs in strings alone that may.
        boolean fits(StatementShape other) {
            for (int i = 0; i < shape.texts().size(); i++) {
                if (!open.contains(shape.places().get(i))
                        && !shape.texts().get(i).equals(other.texts().get(i))) {
                    return false;
                }
            }
            return true;
        }

        PlannedQuery over(Plan plan) {
            return new PlannedQuery(planned.columns(), plan, planned.expressionCount());
        }
    }

    private record Key(String database, String text) {
        long bytes() {
            return CHARACTER_BYTES * (database.length() + text.length());
        }
    }

    private final long bytesMax;
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int[] seenOnce = new int[SEEN_ONCE];
    private final int[] refused = new int[SEEN_ONCE];
    private long bytes;
    private long hits;

    PlanCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// @return null when there is none, or one of another statement
    synchronized @Nullable Entry find(String database, StatementShape shape) {
        Entry found = entries.get(new Key(database, shape.key()));
        return found == null || !found.fits(shape) ? null : found;
    }

    /// Whether a shape comes again that has no plan here: then it is to be [#keep]t or [#refuse]d.
    synchronized boolean isWanted(String database, StatementShape shape) {
        int hash = hash(database, shape);
        int at = hash & SEEN_ONCE - 1;
        boolean seen = seenOnce[at] == hash;
        seenOnce[at] = hash;
        return seen && refused[at] != hash;
    }

    /// The plan of a shape is not to be kept: that need not be found out each time it comes.
    synchronized void refuse(String database, StatementShape shape) {
        int hash = hash(database, shape);
        refused[hash & SEEN_ONCE - 1] = hash;
    }

    private static int hash(String database, StatementShape shape) {
        int hash = new Key(database, shape.key()).hashCode();
        return hash ^ hash >>> 16;
    }

    synchronized void keep(String database, Entry entry) {
        var key = new Key(database, entry.shape().key());
        if (key.bytes() > bytesMax) {
            return;
        }
        if (entries.put(key, entry) == null) {
            bytes += key.bytes();
        }
        var oldest = entries.entrySet().iterator();
        while (bytes > bytesMax) {
            Map.Entry<Key, Entry> gone = oldest.next();
            bytes -= gone.getKey().bytes();
            oldest.remove();
        }
    }

    /// A plan was of use.
    synchronized void hit() {
        hits++;
    }

    synchronized long hitCount() {
        return hits;
    }

    synchronized int size() {
        return entries.size();
    }
}
