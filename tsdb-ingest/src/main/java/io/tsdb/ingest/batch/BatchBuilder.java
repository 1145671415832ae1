package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Gathers the points of a connection's requests to one database, in columns by shard.
///
/// Checks what the grammar cannot: types of fields, names, the length of the series key. A point
/// that is refused leaves no row. What a point has that the catalog lacks counts as defined for the
/// rest of its request, and for nobody else: it is defined with the batches that are written.
///
/// One thread; [RequestBatches#release()] may be called by any.
public final class BatchBuilder {
    /// Measurements whose layouts are kept; a client that invents more loses them all at once.
    private static final int LAYOUTS_MAX = 1 << 16;

    private final PointSink sink;
    private final String database;
    private final boolean lenientTypes;
    private final int describedMax;
    private final int shardCount;
    private final SeriesCache cache;
    private final Map<String, MeasurementLayout> layouts = new HashMap<>();
    private final Set<MeasurementLayout> pendingLayouts = new HashSet<>();
    private final CanonicalKey key = new CanonicalKey();
    private BatchPool pool = new BatchPool();
    private @Nullable DatabaseSchema schema;
    private int dropsSeen;
    private int[] forgottenSeen;
    private int foundShard;
    private int foundSeries;
    private RequestBatches current;
    private int generation;
    private @Nullable FieldSchema[] fields = new FieldSchema[16];
    private boolean pendingPoint;
    private @Nullable MeasurementRows pendingRows;
    private int pendingRow;
    private int fewestUses;

    /// @param describedMax lines that are described of all that need one thing the catalog lacks
    public BatchBuilder(
            PointSink sink,
            String database,
            boolean lenientTypes,
            int describedMax,
            int cacheBytesMax,
            CacheBudget budget) {
        this.sink = sink;
        this.database = database;
        this.lenientTypes = lenientTypes;
        this.describedMax = describedMax;
        this.shardCount = sink.shardCount();
        this.cache = new SeriesCache(cacheBytesMax, budget);
        this.schema = sink.database(database);
        this.dropsSeen = schema == null ? 0 : schema.dropCount();
        this.forgottenSeen = new int[shardCount];
        lookWhatWasForgotten();
        this.current = next();
    }

    /// Starts a request: forgets what became void since the last one.
    public void begin() {
        DatabaseSchema now = sink.database(database);
        int drops = now == null ? 0 : now.dropCount();
        if (lookWhatWasForgotten()) {
            cache.clear();
        }
        if (now != schema || drops != dropsSeen || layouts.size() > LAYOUTS_MAX) {
            schema = now;
            dropsSeen = drops;
            cache.clear();
            layouts.clear();
            pool = new BatchPool();
            current = next();
        } else if (current.pointCount() > 0) {
            take().release();
        }
        current.forgottenAtLookup(forgottenSeen);
    }

    /// @return whether a shard has forgotten series since the last look
    private boolean lookWhatWasForgotten() {
        boolean more = false;
        for (int shard = 0; shard < shardCount; shard++) {
            int count = sink.forgottenSeries(shard);
            if (count != forgottenSeen[shard]) {
                if (!more) {
                    forgottenSeen = forgottenSeen.clone(); // batches on their way have the old one
                    more = true;
                }
                forgottenSeen[shard] = count;
            }
        }
        return more;
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
            batches = new RequestBatches(pool, sink, database, shardCount);
        }
        pendingLayouts.forEach(MeasurementLayout::forgetPending);
        pendingLayouts.clear();
        generation = generation + 1 & Integer.MAX_VALUE;
        batches.begin(generation, schema);
        batches.forgottenAtLookup(forgottenSeen);
        return batches;
    }

    /// Adds a point, or says why not.
    ///
    /// @param point tags sorted, keys of tags distinct, at least one field
    /// @param line where its raw spans lie
    /// @return null when the point is in the batch
    public @Nullable Refusal add(ParsedPoint point, byte[] line) {
        MeasurementLayout layout = layout(point.measurement());
        PendingMeasurement pending = current.pending().measurement(layout.name());
        Refusal refusal = resolveFields(point, layout.schema(), pending);
        if (refusal != null) {
            return refusal;
        }
        int from = point.seriesFrom();
        int to = point.seriesTo();
        long hash = SeriesCache.hash(line, from, to);
        int entry = cache.find(line, from, to, hash);
        boolean known = entry != SeriesCache.NONE && cache.isUsable(entry, generation);
        if (!known) {
            refusal = checkSeries(point, layout.schema(), pending);
        }
        if (refusal == null) {
            refusal = checkNewFields(point, layout.schema(), pending);
        }
        if (refusal == null) {
            refusal =
                    SchemaRoom.check(
                            sink.schemaLimits(), schema, current.pending(), layout, point, fields);
        }
        if (refusal == null && !known) {
            refusal = findSeries(point, layout);
        }
        if (refusal != null) {
            return refusal;
        }
        boolean newTags = !known && hasNewTags(point, layout.schema());
        pendingPoint = notePending(point, layout, newTags);
        ShardRows rows;
        int row;
        if (known) {
            rows = targetRows(layout, entry);
            row = addRow(point, line, layout, rows, cache.reference(entry));
        } else {
            int shard = foundShard;
            int reference = foundSeries;
            rows = current.addTarget(layout, shard);
            boolean good = reference != PointSink.UNKNOWN_SERIES;
            if (!good) {
                reference = rows.newSeries(SeriesKey.ofBytes(key.bytes(), 0, key.size()));
            }
            row = addRow(point, line, layout, rows, reference);
            if (!newTags || !wantsDescription()) {
                int usable = good ? SeriesCache.EVERY_GENERATION : generation;
                entry = remember(entry, point, line, hash, layout, shard, reference, usable);
            }
        }
        if (pendingPoint) {
            pendingRows = rows.rows();
            pendingRow = row;
        }
        if (entry != SeriesCache.NONE) {
            cache.follow(entry);
        }
        return null;
    }

    /// Whether the point that was added last has something that the catalog lacks, and not many
    /// lines of the request had that: then its line is worth a description. When many had, the fast
    /// path learns it, for the rest of the request.
    public boolean wantsDescription() {
        return pendingPoint && fewestUses < describedMax;
    }

    /// Fields of a pending point that the catalog lacks.
    public boolean isPendingField(int field) {
        return fields[field] == null;
    }

    /// Says what line the pending point that was added last comes from.
    public void describe(PendingLine line) {
        if (pendingRows != null) {
            current.pending().describe(pendingRows, pendingRow, line);
        }
    }

    private ShardRows targetRows(MeasurementLayout layout, int entry) {
        return current.addTarget(layout, cache.target(entry) % shardCount);
    }

    /// Looks the point's series up at its shard; a new one needs room.
    private @Nullable Refusal findSeries(ParsedPoint point, MeasurementLayout layout) {
        key.build(point);
        long keyHash = SeriesKey.hash(key.bytes(), 0, key.size());
        foundShard = sink.shardOf(SeriesKey.slotOf(keyHash));
        MeasurementSchema known = layout.schema();
        foundSeries =
                known == null
                        ? PointSink.UNKNOWN_SERIES
                        : sink.findSeries(
                                foundShard, known.id(), key.bytes(), 0, key.size(), keyHash);
        if (foundSeries != PointSink.UNKNOWN_SERIES) {
            return null;
        }
        String noRoom = current.reserveSeries(layout, key.size(), keyHash);
        return noRoom == null ? null : new Refusal.Limit(noRoom);
    }

    /// A series whose tag keys the catalog has: the next line with it need not look it up.
    private int remember(
            int entry,
            ParsedPoint point,
            byte[] line,
            long hash,
            MeasurementLayout layout,
            int shard,
            int reference,
            int usable) {
        if (entry != SeriesCache.NONE) {
            cache.refer(entry, reference, usable);
            return entry;
        }
        int target = current.targetOf(layout, shard);
        return cache.add(
                line, point.seriesFrom(), point.seriesTo(), hash, target, reference, usable);
    }

    private MeasurementLayout layout(String measurement) {
        MeasurementLayout known = layouts.get(measurement);
        if (known == null) {
            known = new MeasurementLayout(measurement, layouts.size());
            layouts.put(measurement, known);
        }
        if (known.schema() == null) {
            DatabaseSchema found = schema == null ? lookAgain() : schema;
            known.schema(found == null ? null : found.measurement(measurement));
        }
        return known;
    }

    /// The database may have come since the request began, by an earlier batch of the same stream.
    private @Nullable DatabaseSchema lookAgain() {
        DatabaseSchema found = sink.database(database);
        if (found != null) {
            schema = found;
            dropsSeen = found.dropCount();
            current.schema(found);
        }
        return found;
    }

    /// Finds the schema of each field (null for one that the catalog lacks, or lacked when this
    /// request first had it) and checks or adapts the types.
    private @Nullable Refusal resolveFields(
            ParsedPoint point,
            @Nullable MeasurementSchema known,
            @Nullable PendingMeasurement pending) {
        if (point.fieldCount() > fields.length) {
            fields = new FieldSchema[2 * point.fieldCount()];
        }
        for (int i = 0; i < point.fieldCount(); i++) {
            String name = point.fieldName(i);
            FieldType existing = pending == null ? null : pending.fieldType(name);
            FieldSchema field =
                    existing != null || known == null ? null : known.field(name).orElse(null);
            fields[i] = field;
            if (field != null) {
                existing = field.type();
            } else if (existing == null) {
                existing = typeEarlierInLine(point, i);
            }
            Refusal refusal = checkType(point, i, existing);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /// The type that a new field has where the line names it before, else its own.
    private FieldType typeEarlierInLine(ParsedPoint point, int field) {
        return point.fieldType(point.firstOfSameName(field));
    }

    private @Nullable Refusal checkType(ParsedPoint point, int field, FieldType existing) {
        FieldType input = point.fieldType(field);
        if (input == existing) {
            return null;
        }
        boolean whole = input == FieldType.INT64 || input == FieldType.UINT64;
        if (lenientTypes && whole && existing == FieldType.FLOAT64) {
            long bits = point.fieldBits(field);
            double value = input == FieldType.INT64 ? bits : Uint64.toDouble(bits);
            point.setField(field, FieldType.FLOAT64, Double.doubleToRawLongBits(value), 0);
            return null;
        }
        return new Refusal.TypeConflict(
                field, point.measurement(), point.fieldName(field), input, existing);
    }

    private static @Nullable Refusal checkSeries(
            ParsedPoint point,
            @Nullable MeasurementSchema known,
            @Nullable PendingMeasurement pending) {
        int size = CanonicalKey.sizeOf(point);
        if (size > SeriesKey.BYTES_MAX) {
            return new Refusal.KeyTooLong(size, SeriesKey.BYTES_MAX);
        }
        for (int tag = 0; tag < point.tagCount(); tag++) {
            String tagKey = point.tagKey(tag);
            if ((known != null && known.field(tagKey).isPresent())
                    || (pending != null && pending.fieldType(tagKey) != null)) {
                return nameConflict(point, tagKey);
            }
        }
        return null;
    }

    private @Nullable Refusal checkNewFields(
            ParsedPoint point,
            @Nullable MeasurementSchema known,
            @Nullable PendingMeasurement pending) {
        for (int i = 0; i < point.fieldCount(); i++) {
            if (fields[i] == null) {
                String name = point.fieldName(i);
                if (point.isTagKey(i)
                        || (known != null && known.hasTagKey(name))
                        || (pending != null && pending.hasTagKey(name))) {
                    return nameConflict(point, name);
                }
            }
        }
        return null;
    }

    private static boolean hasNewTags(ParsedPoint point, @Nullable MeasurementSchema known) {
        if (known == null) {
            return true;
        }
        for (int tag = 0; tag < point.tagCount(); tag++) {
            if (!known.hasTagKey(point.tagKey(tag))) {
                return true;
            }
        }
        return false;
    }

    /// Takes what the catalog lacks into what the request needs.
    ///
    /// @return whether the point has such
    private boolean notePending(ParsedPoint point, MeasurementLayout layout, boolean newTags) {
        boolean newFields = false;
        for (int i = 0; i < point.fieldCount(); i++) {
            newFields |= fields[i] == null;
        }
        if (!newTags && !newFields) {
            return false;
        }
        MeasurementSchema known = layout.schema();
        PendingMeasurement pending = current.pending().addMeasurement(layout.name(), known != null);
        fewestUses = Integer.MAX_VALUE;
        for (int tag = 0; newTags && tag < point.tagCount(); tag++) {
            String tagKey = point.tagKey(tag);
            pending.addTagKey(tagKey, known != null && known.hasTagKey(tagKey));
            fewestUses = Math.min(fewestUses, pending.use(tagKey));
        }
        for (int i = 0; i < point.fieldCount(); i++) {
            if (fields[i] == null) {
                String name = point.fieldName(i);
                pending.addField(name, point.fieldType(i));
                fewestUses = Math.min(fewestUses, pending.use(name));
            }
        }
        return true;
    }

    private static Refusal nameConflict(ParsedPoint point, String name) {
        return new Refusal.NameConflict(
                "'" + name + "' is a tag and a field of measurement '" + point.measurement() + "'");
    }

    private void learnPending(ParsedPoint point, int field, byte[] line, MeasurementLayout layout) {
        pendingLayouts.add(layout);
        layout.learnPending(
                line,
                point.fieldRawFrom(field),
                point.fieldRawTo(field),
                point.fieldName(field),
                point.fieldType(field));
    }

    /// @return the row's number
    private int addRow(
            ParsedPoint point,
            byte[] line,
            MeasurementLayout layout,
            ShardRows target,
            int reference) {
        MeasurementRows rows = target.rows();
        int row = rows.addRow(reference, point.timeNanos());
        for (int i = 0; i < point.fieldCount(); i++) {
            FieldSchema field = fields[i];
            FieldColumn column;
            if (field == null) {
                column = target.pendingColumn(point.fieldName(i), point.fieldType(i));
                if (!wantsDescription()) {
                    learnPending(point, i, line, layout);
                }
            } else {
                layout.learn(line, point.fieldRawFrom(i), point.fieldRawTo(i), field);
                column = target.column(field);
            }
            long bits = point.fieldBits(i);
            switch (column.type()) {
                case INT64, UINT64, BOOL -> column.put(row, bits);
                case FLOAT64 -> column.putDouble(row, bits, point.fieldDecimals(i));
                case STRING -> column.putString(row, point.text(), (int) (bits >>> 32), (int) bits);
            }
        }
        return row;
    }
}
