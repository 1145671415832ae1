package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A sink that knows series once they were written, and says what a batch holds as text. One
/// thread.
public final class FakePointSink implements PointSink {
    private final int shardCount;
    private final Catalog catalog = new Catalog();
    private final Map<SeriesKey, Integer> ids = new HashMap<>();
    private final List<SeriesKey> keysById = new ArrayList<>();
    private int lookups;
    private int forgotten;

    public FakePointSink(int shardCount) {
        this.shardCount = shardCount;
    }

    @Override
    public int shardCount() {
        return shardCount;
    }

    @Override
    public int shardOf(int slot) {
        return slot % shardCount;
    }

    @Override
    public boolean openDatabase(String database) {
        return true;
    }

    @Override
    public @Nullable DatabaseSchema database(String database) {
        return catalog.database(database);
    }

    /// What is defined by now.
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public int findSeries(
            int shard, MeasurementId measurement, byte[] key, int from, int to, long hash) {
        lookups++;
        Integer id = ids.get(SeriesKey.ofBytes(key, from, to));
        return id == null ? UNKNOWN_SERIES : id;
    }

    /// Drops everything, as if all databases were dropped.
    public void dropAll() {
        ids.clear();
        for (String database : catalog.databases()) {
            catalog.dropDatabase(Objects.requireNonNull(catalog.database(database)).number());
        }
    }

    /// Forgets a series, as a shard does when it has no row left.
    public void forget(SeriesKey key) {
        ids.remove(key);
        forgotten++;
    }

    @Override
    public int forgottenSeries(int shard) {
        return forgotten;
    }

    /// Calls of [#findSeries] so far.
    public int lookups() {
        return lookups;
    }

    @Override
    public void write(RequestPoints points, WriteCallback callback) {
        Definitions definitions = points.definitions();
        if (definitions != null
                && catalog.define(definitions)
                        instanceof DefineOutcome.Conflicting(List<DefinitionConflict> conflicts)) {
            callback.done(new WriteResult.Conflicting(conflicts));
            return;
        }
        for (PointBatch batch : points.byShard()) {
            if (batch != null) {
                for (MeasurementRows rows : batch.measurements()) {
                    for (SeriesKey key : rows.newSeries()) {
                        register(key);
                    }
                }
            }
        }
        callback.done(new WriteResult.Acknowledged());
    }

    private void register(SeriesKey key) {
        if (ids.putIfAbsent(key, keysById.size()) == null) {
            keysById.add(key);
        }
    }

    /// One line per point, in the order of rows within a measurement and shard:
    /// `measurement{tag=value,...} field:type=value ... @nanos`, fields sorted by name.
    public List<String> describe(@Nullable PointBatch[] batches) {
        var points = new ArrayList<String>();
        for (PointBatch batch : batches) {
            if (batch != null) {
                for (MeasurementRows rows : batch.measurements()) {
                    for (int row = 0; row < rows.rowCount(); row++) {
                        points.add(describe(rows, row));
                    }
                }
            }
        }
        return points;
    }

    private String describe(MeasurementRows rows, int row) {
        int reference = rows.series()[row];
        SeriesKey key = reference >= 0 ? keysById.get(reference) : rows.newSeries().get(~reference);
        var text = new StringBuilder(shown(key.measurement())).append('{');
        List<String> tags = key.tags();
        for (int i = 0; i < tags.size(); i += 2) {
            text.append(i == 0 ? "" : ",");
            text.append(shown(tags.get(i))).append('=').append(shown(tags.get(i + 1)));
        }
        text.append('}');
        var fields = new TreeMap<String, String>();
        for (FieldColumn column : rows.columns()) {
            if (column.isPresent(row)) {
                fields.put(column.name(), value(column, row));
            }
        }
        fields.forEach((name, value) -> text.append(' ').append(shown(name)).append(value));
        return text.append(" @").append(rows.times()[row]).toString();
    }

    private static String value(FieldColumn column, int row) {
        long bits = column.values()[row];
        return switch (column.type()) {
            case INT64 -> ":int64=" + bits;
            case UINT64 -> ":uint64=" + Uint64.toText(bits);
            case FLOAT64 -> ":float64=" + Double.longBitsToDouble(bits);
            case BOOL -> ":bool=" + (bits == 1);
            case STRING ->
                    ":string=\""
                            + shown(
                                    new String(
                                            column.heap(),
                                            (int) (bits >>> 32),
                                            (int) bits,
                                            StandardCharsets.UTF_8))
                            + '"';
        };
    }

    /// Text with control characters as `<hex>`.
    public static String shown(String text) {
        var shown = new StringBuilder();
        text.chars()
                .forEach(
                        c -> {
                            if (c < ' ' || c == 0x7F) {
                                shown.append(String.format("<%02x>", c));
                            } else {
                                shown.append((char) c);
                            }
                        });
        return shown.toString();
    }
}
