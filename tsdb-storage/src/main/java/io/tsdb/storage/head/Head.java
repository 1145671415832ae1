package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.head.SeriesHead.PreImage;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Everything a shard took in since its last flush. Changed by the shard's writer thread, under the
/// shard's lock.
///
/// A scan catches many series, and the lock is not held for so long: it begins a snapshot, and
/// takes series some at a time. Whoever changes a series meanwhile keeps its state of before for
/// the snapshot, once; while no snapshot is being taken that costs a comparison a row.
public final class Head {
    /// With less than one series in so many ids a map is smaller than an array.
    private static final int SPARSE_MIN = 16;

    private @Nullable SeriesHead[] bySeries = new SeriesHead[1024];

    /// In place of `bySeries`, in a head of which little is left.
    private final Map<Integer, SeriesHead> sparse = new HashMap<>();

    private final Map<MeasurementSchema, MeasurementHead> measurements = new IdentityHashMap<>();
    private final Sealer sealer;
    private final RowArrays arrays;
    private final ChangedSeries changed;
    private final AtomicLong bytes = new AtomicLong();
    private long pointCount;

    private long newestSnapshot;
    private final ArrayDeque<Long> openSnapshots = new ArrayDeque<>();
    private List<SeriesHead> withPreImages = new ArrayList<>();

    /// Measurements that are in parts now, for as long as a snapshot may read them.
    private final List<MeasurementHead> released = new ArrayList<>();

    /// @param sealer scratch of the writer thread, shared by the heads that follow one another
    private Head(Sealer sealer, RowArrays arrays, ChangedSeries changed) {
        this.sealer = sealer;
        this.arrays = arrays;
        this.changed = changed;
    }

    /// @param arrays for buffers of this head and of those that follow it
    /// @param changed is told of series that take in rows
    public Head(RowArrays arrays, ChangedSeries changed) {
        this(new Sealer(), arrays, changed);
    }

    /// An empty head for the same writer thread.
    public Head successor() {
        return new Head(sealer, arrays, changed);
    }

    /// Bytes of open buffers and sealed blocks. Any thread.
    public long bytes() {
        return bytes.get();
    }

    public long pointCount() {
        return pointCount;
    }

    public boolean isEmpty() {
        return pointCount == 0;
    }

    /// Takes in the rows of a measurement.
    ///
    /// @param newIds shard-local ids of the batch's new series
    public void apply(MeasurementSchema schema, MeasurementRows rows, int[] newIds) {
        int rowCount = rows.rowCount();
        var columns = new ArrayList<FieldColumn>(rows.columns().size());
        boolean complete = true;
        for (FieldColumn column : rows.columns()) {
            if (!column.isEmpty()) {
                columns.add(column);
                complete &= column.type() != FieldType.STRING && column.presence(rowCount) == null;
            }
        }
        if (columns.isEmpty()) {
            return;
        }
        MeasurementHead measurement = measurements.computeIfAbsent(schema, MeasurementHead::new);
        FieldSchema[] fields = new FieldSchema[columns.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(schema, columns.get(i));
        }
        long grown =
                complete
                        ? appendComplete(measurement, rows, newIds, columns, fields)
                        : appendSparse(measurement, rows, newIds, columns, fields);
        bytes.addAndGet(grown);
        measurement.addPoints(rowCount);
        pointCount += rowCount;
    }

    /// The log knows a field by its number, and says its type again, so that a catalog that is not
    /// the log's is noticed.
    private static FieldSchema field(MeasurementSchema schema, FieldColumn column) {
        List<FieldSchema> fields = schema.fieldsByIndex();
        int number = column.number();
        if (number >= fields.size() || fields.get(number).type() != column.type()) {
            throw new IllegalStateException(
                    "field "
                            + number
                            + " of "
                            + schema
                            + " is logged as "
                            + column.type()
                            + ", the catalog has "
                            + (number < fields.size() ? fields.get(number) : "no such field")
                            + ": the catalog is not the one that the log was written with");
        }
        return fields.get(number);
    }

    /// Every row has every field, none is a string: the common case.
    private long appendComplete(
            MeasurementHead measurement,
            MeasurementRows rows,
            int[] newIds,
            List<FieldColumn> columns,
            FieldSchema[] fields) {
        RowLayout layout = measurement.layout(fields);
        long[][] values = new long[fields.length][];
        for (int i = 0; i < fields.length; i++) {
            int slot = layout.slotOf(fields[i].index());
            values[slot] = columns.get(i).values();
            layout.noteDecimals(slot, columns.get(i).decimals());
        }
        int[] series = rows.series();
        long[] times = rows.times();
        int rowCount = rows.rowCount();
        long grown = 0;
        for (int row = 0; row < rowCount; row++) {
            int id = series[row] >= 0 ? series[row] : newIds[~series[row]];
            SeriesHead head = id < bySeries.length ? bySeries[id] : null;
            if (head == null) {
                head = open(id, measurement, layout);
                grown += head.openBytes();
            } else if (head.touched != newestSnapshot) {
                touch(head);
            }
            if (head.count == head.limit) {
                grown += makeRoom(head);
            }
            if (head.layout == layout && head.masks == null) {
                append(head, times[row], values, row);
            } else {
                grown += appendOther(head, layout, times[row], values, row);
            }
        }
        return grown;
    }

    private void append(SeriesHead head, long time, long[][] values, int row) {
        long[] target = head.rows;
        int at = head.count * (values.length + 1);
        target[at] = time;
        for (int slot = 0; slot < values.length; slot++) {
            target[at + 1 + slot] = values[slot][row];
        }
        head.appended(time, arrays);
    }

    /// A row with every field of `layout`, for a buffer that has other fields or presence bits.
    private long appendOther(
            SeriesHead head, RowLayout layout, long time, long[][] values, int row) {
        long grown = widen(head, layout);
        if (head.layout == layout && head.masks == null) {
            append(head, time, values, row);
            return grown;
        }
        RowLayout has = head.layout;
        int at = head.count * has.stride();
        long[] masks = masks(head);
        int mask = head.count * has.maskWords();
        Arrays.fill(masks, mask, mask + has.maskWords(), 0);
        head.rows[at] = time;
        for (int slot = 0; slot < layout.fieldCount(); slot++) {
            int to = has.slotOf(layout.field(slot).index());
            head.rows[at + 1 + to] = values[slot][row];
            masks[mask + (to >>> 6)] |= 1L << to;
        }
        head.appended(time, arrays);
        return grown;
    }

    private static long[] masks(SeriesHead head) {
        head.materialiseMasks();
        long @Nullable [] masks = head.masks;
        if (masks == null) {
            throw new IllegalStateException("BUG: no presence bits in series " + head.seriesId);
        }
        return masks;
    }

    private static long widen(SeriesHead head, RowLayout layout) {
        if (head.count == 0 && head.layout != layout) {
            return head.restart(layout);
        }
        if (head.layout == layout || head.layout.contains(layout)) {
            return 0;
        }
        return head.relayout(head.measurement.union(head.layout, layout));
    }

    /// Rows that lack fields, or have strings.
    private long appendSparse(
            MeasurementHead measurement,
            MeasurementRows rows,
            int[] newIds,
            List<FieldColumn> columns,
            FieldSchema[] fields) {
        int rowCount = rows.rowCount();
        var shapes = new RowShapes(measurement, columns, fields, rowCount);
        long grown = 0;
        for (int row = 0; row < rowCount; row++) {
            RowShapes.Shape shape = shapes.of(row);
            int ref = rows.series()[row];
            int id = ref >= 0 ? ref : newIds[~ref];
            SeriesHead head = id < bySeries.length ? bySeries[id] : null;
            if (head == null) {
                head = open(id, measurement, shape.layout());
                grown += head.openBytes();
            } else if (head.touched != newestSnapshot) {
                touch(head);
            }
            if (head.count == head.limit) {
                grown += makeRoom(head);
            }
            int heapBefore = head.heap.length;
            grown += appendShape(head, shape, rows.times()[row], row);
            grown += head.heap.length - heapBefore;
        }
        return grown;
    }

    private long appendShape(SeriesHead head, RowShapes.Shape shape, long time, int row) {
        long grown = widen(head, shape.layout());
        RowLayout has = head.layout;
        int at = head.count * has.stride();
        head.rows[at] = time;
        boolean masked = head.masks != null || has != shape.layout() || !shape.complete();
        long[] masks = masked ? masks(head) : null;
        int mask = head.count * has.maskWords();
        if (masks != null) {
            Arrays.fill(masks, mask, mask + has.maskWords(), 0);
        }
        FieldColumn[] columns = shape.columns();
        for (int slot = 0; slot < columns.length; slot++) {
            FieldColumn column = columns[slot];
            if (!shape.complete() && !column.isPresent(row)) {
                continue;
            }
            int to = has == shape.layout() ? slot : has.slotOf(shape.layout().field(slot).index());
            long bits = column.values()[row];
            head.rows[at + 1 + to] =
                    column.type() == FieldType.STRING
                            ? head.addString(column.heap(), (int) (bits >>> 32), (int) bits)
                            : bits;
            if (masks != null) {
                masks[mask + (to >>> 6)] |= 1L << to;
            }
        }
        head.appended(time, arrays);
        return grown;
    }

    private SeriesHead open(int id, MeasurementHead measurement, RowLayout layout) {
        if (id >= bySeries.length) {
            bySeries = Arrays.copyOf(bySeries, Math.max(id + 1, 2 * bySeries.length));
        }
        SeriesHead head = new SeriesHead(id, measurement, layout);
        head.touched = newestSnapshot;
        if (!openSnapshots.isEmpty()) {
            head.preImages = new PreImage(null, newestSnapshot, null);
            withPreImages.add(head);
        }
        bySeries[id] = head;
        measurement.series().add(head);
        changed.add(measurement.schema().id(), id);
        return head;
    }

    private long makeRoom(SeriesHead head) {
        if (head.isUntidy()) {
            return head.tidy(arrays);
        }
        return head.isFull() ? seal(head) : head.grow(arrays);
    }

    private long seal(SeriesHead head) {
        long before = head.openBytes();
        int rows = head.rowsToSeal();
        Block block = sealer.seal(head.view(rows));
        head.replaceOldest(rows, block, arrays);
        return block.sizeBytes() + head.openBytes() - before;
    }

    private static SeriesRows rows(SeriesHead head) {
        return new SeriesRows(
                head.sealed,
                head.sealedCount,
                head.newestSealed,
                head.count == 0 ? null : head.capture());
    }

    /// Begins a snapshot of everything as of now. Under the shard's lock.
    ///
    /// @return its number, for [#capture(int, long, HeadRows, int)] and [#endSnapshot]
    public long beginSnapshot() {
        newestSnapshot++;
        openSnapshots.addLast(newestSnapshot);
        return newestSnapshot;
    }

    /// Puts down what a series was when a snapshot began. Under the shard's lock.
    ///
    /// @param at where
    public void capture(int seriesId, long snapshot, HeadRows target, int at) {
        SeriesHead head = find(seriesId);
        if (head == null) {
            return;
        }
        if (head.touched < snapshot) {
            head.capture(target, at);
            return;
        }
        SeriesRows found = null;
        for (PreImage image = head.preImages; image != null; image = image.older()) {
            if (image.until() >= snapshot) {
                found = image.rows();
            }
        }
        if (found != null) {
            target.putSealed(at, found.sealed(), found.sealedCount(), found.sealedMaxTime());
            OpenRows open = found.open();
            if (open != null) {
                open.copyTo(target, at);
            }
        }
    }

    /// Puts down what there is of a series in a head that takes in nothing any more.
    public void capture(int seriesId, HeadRows target, int at) {
        SeriesHead head = find(seriesId);
        if (head != null) {
            head.capture(target, at);
        }
    }

    /// Keeps a series as it is for the snapshots that began since it changed last.
    private void touch(SeriesHead head) {
        PreImage older = needed(head.preImages);
        if (openSnapshots.isEmpty()) {
            head.preImages = null;
        } else {
            if (older == null) {
                withPreImages.add(head);
            }
            head.preImages = new PreImage(rows(head), newestSnapshot, older);
        }
        head.touched = newestSnapshot;
        changed.add(head.measurement.schema().id(), head.seriesId);
    }

    /// Images of snapshots that are still being taken.
    private @Nullable PreImage needed(@Nullable PreImage newest) {
        Long oldestOpen = openSnapshots.peekFirst();
        return oldestOpen == null || newest == null || newest.until() < oldestOpen ? null : newest;
    }

    /// Ends a snapshot. Under the shard's lock.
    ///
    /// @return series that kept something for it or others before, when it was the last one: to be
    ///   given to [#forget] some at a time
    public List<?> endSnapshot(long snapshot) {
        openSnapshots.remove(snapshot);
        if (!openSnapshots.isEmpty()) {
            return List.of();
        }
        clearReleased();
        List<SeriesHead> kept = withPreImages;
        withPreImages = new ArrayList<>();
        return kept;
    }

    /// Lets go of what was kept for snapshots that have ended. Under the shard's lock.
    public void forget(List<?> series) {
        for (Object each : series) {
            if (each instanceof SeriesHead head && needed(head.preImages) == null) {
                head.preImages = null;
            }
        }
    }

    /// Removes the series of measurements.
    public void drop(Predicate<MeasurementId> dropped) {
        remove(dropped).forEach(this::clear);
    }

    /// Lets go of measurements of a head that takes in nothing any more, since parts hold their
    /// rows now. Snapshots that are being taken still get them. Under the shard's lock.
    public void release(Set<MeasurementId> flushed) {
        released.addAll(remove(flushed::contains));
        clearReleased();
    }

    private void clearReleased() {
        if (openSnapshots.isEmpty() && !released.isEmpty()) {
            for (MeasurementHead measurement : released) {
                clear(measurement);
                measurement.series().forEach(head -> head.retire(arrays));
            }
            released.clear();
            shrink();
        }
    }

    private List<MeasurementHead> remove(Predicate<MeasurementId> unwanted) {
        var removed = new ArrayList<MeasurementHead>();
        for (var entries = measurements.values().iterator(); entries.hasNext(); ) {
            MeasurementHead measurement = entries.next();
            if (unwanted.test(measurement.schema().id())) {
                removed.add(measurement);
                entries.remove();
                bytes.addAndGet(-measurement.bytes());
                pointCount -= measurement.pointCount();
            }
        }
        return removed;
    }

    private void clear(MeasurementHead measurement) {
        for (SeriesHead head : measurement.series()) {
            if (head.seriesId < bySeries.length) {
                bySeries[head.seriesId] = null;
            }
            sparse.remove(head.seriesId);
        }
    }

    /// What is left of a head that was flushed for the most part should not keep an array for the
    /// ids of all series.
    private void shrink() {
        long left = 0;
        for (MeasurementHead measurement : measurements.values()) {
            left += measurement.series().size();
        }
        if (left < bySeries.length / SPARSE_MIN) {
            for (MeasurementHead measurement : measurements.values()) {
                measurement.series().forEach(head -> sparse.put(head.seriesId, head));
            }
            bySeries = new SeriesHead[0];
        }
    }

    private @Nullable SeriesHead find(int seriesId) {
        if (seriesId < bySeries.length) {
            return bySeries[seriesId];
        }
        return sparse.isEmpty() ? null : sparse.get(seriesId);
    }

    /// Whether rows of a measurement are here that parts may lack.
    public boolean holds(MeasurementSchema schema) {
        return measurements.containsKey(schema);
    }

    /// Measurements with rows, for a flush of a head that takes in nothing any more.
    public List<MeasurementSchema> measurements() {
        return List.copyOf(measurements.keySet());
    }

    /// Ids of a measurement's series in this head.
    public int[] seriesOf(MeasurementSchema schema) {
        MeasurementHead measurement = measurements.get(schema);
        return measurement == null
                ? new int[0]
                : measurement.series().stream().mapToInt(head -> head.seriesId).toArray();
    }
}
