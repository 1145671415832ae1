package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.NameConflictException;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Gathers the points of a connection's requests to one database, in columns by shard.
///
/// Checks what the grammar cannot: types of fields, names, the length of the series key. A point
/// that is refused leaves no row, and registers no field unless another connection changes the
/// schema at the same moment.
///
/// One thread; [RequestBatches#release()] may be called by any.
public final class BatchBuilder {
    /// Measurements whose layouts are kept; a client that invents more loses them all at once.
    private static final int LAYOUTS_MAX = 1 << 16;

    private final PointSink sink;
    private final String database;
    private final boolean lenientTypes;
    private final int shardCount;
    private final SeriesCache cache;
    private final Map<String, MeasurementLayout> layouts = new HashMap<>();
    private final CanonicalKey key = new CanonicalKey();
    private BatchPool pool = new BatchPool();
    private RequestBatches current;
    private int generation;
    private long epoch;
    private @Nullable FieldSchema[] fields = new FieldSchema[16];

    public BatchBuilder(
            PointSink sink,
            String database,
            boolean lenientTypes,
            int cacheBytesMax,
            CacheBudget budget) {
        this.sink = sink;
        this.database = database;
        this.lenientTypes = lenientTypes;
        this.shardCount = sink.shardCount();
        this.cache = new SeriesCache(cacheBytesMax, budget);
        this.epoch = sink.epoch();
        this.current = next();
    }

    /// Starts a request: forgets what became void since the last one.
    public void begin() {
        long now = sink.epoch();
        if (now != epoch || layouts.size() > LAYOUTS_MAX) {
            epoch = now;
            cache.clear();
            layouts.clear();
            pool = new BatchPool();
            current = next();
        } else if (current.pointCount() > 0) {
            take().release();
        }
    }

    /// Gives back what its cache took; the builder is of no further use.
    public void close() {
        cache.close();
    }

    public SeriesCache series() {
        return cache;
    }

    /// The batches that are being filled.
    public RequestBatches current() {
        return current;
    }

    /// Hands over the batches filled so far; the next point goes to others.
    public RequestBatches take() {
        RequestBatches taken = current;
        current = next();
        return taken;
    }

    private RequestBatches next() {
        RequestBatches batches = pool.take();
        if (batches == null) {
            batches = new RequestBatches(pool, database, shardCount);
        }
        generation = generation + 1 & Integer.MAX_VALUE;
        batches.begin(generation);
        return batches;
    }

    /// Adds a point, or says why not.
    ///
    /// @param point tags sorted, keys of tags distinct, at least one field
    /// @param line where its raw spans lie
    /// @return null when the point is in the batch
    public @Nullable Refusal add(ParsedPoint point, byte[] line) {
        MeasurementLayout layout = layout(point.measurement());
        Refusal refusal = resolveFields(point, layout.schema());
        if (refusal != null) {
            return refusal;
        }
        int from = point.seriesFrom();
        int to = point.seriesTo();
        long hash = SeriesCache.hash(line, from, to);
        int entry = cache.find(line, from, to, hash);
        boolean known = entry != SeriesCache.NONE;
        if (!known) {
            refusal = checkSeries(point, layout.schema());
            if (refusal != null) {
                return refusal;
            }
        }
        refusal = register(point, layout.schema(), known);
        if (refusal != null) {
            return refusal;
        }
        if (known && cache.isUsable(entry, generation)) {
            addRow(point, line, layout, targetRows(layout, entry), cache.reference(entry));
        } else {
            entry = addUnknown(point, line, layout, entry, hash);
        }
        if (entry != SeriesCache.NONE) {
            cache.follow(entry);
        }
        return null;
    }

    private ShardRows targetRows(MeasurementLayout layout, int entry) {
        return current.addTarget(layout, cache.target(entry) % shardCount);
    }

    private int addUnknown(
            ParsedPoint point, byte[] line, MeasurementLayout layout, int entry, long hash) {
        key.build(point);
        long keyHash = SeriesKey.hash(key.bytes(), 0, key.size());
        int shard = sink.shardOf(SeriesKey.slotOf(keyHash));
        ShardRows rows = current.addTarget(layout, shard);
        int reference = sink.findSeries(shard, database, key.bytes(), 0, key.size(), keyHash);
        int good = SeriesCache.EVERY_GENERATION;
        if (reference == PointSink.UNKNOWN_SERIES) {
            reference = rows.newSeries(SeriesKey.ofBytes(key.bytes(), 0, key.size()));
            good = generation;
        }
        addRow(point, line, layout, rows, reference);
        if (entry != SeriesCache.NONE) {
            cache.refer(entry, reference, good);
            return entry;
        }
        int from = point.seriesFrom();
        int target = current.targetOf(layout, shard);
        return cache.add(line, from, point.seriesTo(), hash, target, reference, good);
    }

    private MeasurementLayout layout(String measurement) {
        MeasurementLayout known = layouts.get(measurement);
        if (known != null) {
            return known;
        }
        var added = new MeasurementLayout(sink.measurement(database, measurement), layouts.size());
        layouts.put(measurement, added);
        return added;
    }

    /// Finds the schema of each field (null for a new one) and checks or adapts the types.
    private @Nullable Refusal resolveFields(ParsedPoint point, MeasurementSchema schema) {
        if (point.fieldCount() > fields.length) {
            fields = new FieldSchema[2 * point.fieldCount()];
        }
        for (int i = 0; i < point.fieldCount(); i++) {
            Optional<FieldSchema> field = schema.field(point.fieldName(i));
            fields[i] = field.orElse(null);
            FieldType existing =
                    field.isPresent() ? field.get().type() : typeEarlierInLine(point, i);
            Refusal refusal = checkType(point, i, existing);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /// The type that a new field has where the line names it before, else its own.
    private FieldType typeEarlierInLine(ParsedPoint point, int field) {
        for (int i = 0; i < field; i++) {
            if (fields[i] == null && point.hasSameName(i, field)) {
                return point.fieldType(i);
            }
        }
        return point.fieldType(field);
    }

    private @Nullable Refusal checkType(ParsedPoint point, int field, FieldType existing) {
        FieldType input = point.fieldType(field);
        if (input == existing) {
            return null;
        }
        if (lenientTypes && input == FieldType.INT64 && existing == FieldType.FLOAT64) {
            double value = point.fieldBits(field);
            point.setField(field, FieldType.FLOAT64, Double.doubleToRawLongBits(value), 0);
            return null;
        }
        return new Refusal.TypeConflict(
                field, point.measurement(), point.fieldName(field), input, existing);
    }

    private @Nullable Refusal checkSeries(ParsedPoint point, MeasurementSchema schema) {
        int size = CanonicalKey.sizeOf(point);
        if (size > SeriesKey.BYTES_MAX) {
            return new Refusal.KeyTooLong(size, SeriesKey.BYTES_MAX);
        }
        for (int tag = 0; tag < point.tagCount(); tag++) {
            if (schema.field(point.tagKey(tag)).isPresent()) {
                return nameConflict(point, point.tagKey(tag));
            }
        }
        return null;
    }

    /// Registers what is new; nothing when a name is taken.
    private @Nullable Refusal register(
            ParsedPoint point, MeasurementSchema schema, boolean seriesKnown) {
        int newFields = 0;
        for (int i = 0; i < point.fieldCount(); i++) {
            if (fields[i] == null) {
                newFields++;
                if (point.isTagKey(i)) {
                    return nameConflict(point, point.fieldName(i));
                }
            }
        }
        if (newFields > 0) {
            var tagKeys = schema.tagKeys();
            for (int i = 0; i < point.fieldCount(); i++) {
                if (fields[i] == null && tagKeys.contains(point.fieldName(i))) {
                    return nameConflict(point, point.fieldName(i));
                }
            }
        }
        try {
            if (!seriesKnown) {
                for (int tag = 0; tag < point.tagCount(); tag++) {
                    schema.addTagKey(point.tagKey(tag));
                }
            }
            return newFields > 0 ? registerFields(point, schema) : null;
        } catch (NameConflictException e) {
            return new Refusal.NameConflict(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Refusal registerFields(ParsedPoint point, MeasurementSchema schema) {
        for (int i = 0; i < point.fieldCount(); i++) {
            if (fields[i] == null) {
                FieldSchema added = schema.addField(point.fieldName(i), point.fieldType(i));
                // Another connection may have been faster, with another type.
                Refusal refusal = checkType(point, i, added.type());
                if (refusal != null) {
                    return refusal;
                }
                fields[i] = added;
            }
        }
        return null;
    }

    private static Refusal nameConflict(ParsedPoint point, String name) {
        return new Refusal.NameConflict(
                "'" + name + "' is a tag and a field of measurement '" + point.measurement() + "'");
    }

    private void addRow(
            ParsedPoint point,
            byte[] line,
            MeasurementLayout layout,
            ShardRows target,
            int reference) {
        MeasurementRows rows = target.rows();
        int row = rows.addRow(reference, point.timeNanos());
        for (int i = 0; i < point.fieldCount(); i++) {
            FieldSchema field = fields[i];
            if (field == null) {
                throw new IllegalStateException("BUG: field without schema");
            }
            layout.learn(line, point.fieldRawFrom(i), point.fieldRawTo(i), field);
            FieldColumn column = target.column(field.index(), field.name(), field.type());
            long bits = point.fieldBits(i);
            switch (field.type()) {
                case INT64, BOOL -> column.put(row, bits);
                case FLOAT64 -> column.putDouble(row, bits, point.fieldDecimals(i));
                case STRING -> column.putString(row, point.text(), (int) (bits >>> 32), (int) bits);
            }
        }
    }
}
