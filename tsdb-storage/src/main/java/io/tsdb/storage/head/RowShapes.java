package io.tsdb.storage.head;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.schema.FieldSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells the rows of a batch apart by the set of fields they have, so that each series keeps the
/// layout of its own fields.
///
/// With more than 64 columns all rows are taken for one shape and carry presence bits instead.
final class RowShapes {
    private static final int COLUMNS_MAX = 64;

    /// Rows with the same fields.
    ///
    /// @param columns by slot of the layout
    /// @param complete whether every row of the shape has every column
    record Shape(RowLayout layout, FieldColumn[] columns, boolean complete) {}

    private final MeasurementHead measurement;
    private final List<FieldColumn> columns;
    private final FieldSchema[] fields;
    private final Map<Long, Shape> shapes = new HashMap<>();
    private final @Nullable Shape everything;
    private long lastSet;
    private @Nullable Shape last;

    RowShapes(
            MeasurementHead measurement,
            List<FieldColumn> columns,
            FieldSchema[] fields,
            int rowCount) {
        this.measurement = measurement;
        this.columns = columns;
        this.fields = fields;
        boolean complete = true;
        for (FieldColumn column : columns) {
            complete &= column.presence(rowCount) == null;
        }
        this.everything =
                complete || columns.size() > COLUMNS_MAX ? shape(columns, fields, complete) : null;
    }

    Shape of(int row) {
        if (everything != null) {
            return everything;
        }
        long set = 0;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).isPresent(row)) {
                set |= 1L << i;
            }
        }
        if (last == null || set != lastSet) {
            Shape known = shapes.get(set);
            if (known == null) {
                known = shapeOf(set);
                shapes.put(set, known);
            }
            last = known;
            lastSet = set;
        }
        return last;
    }

    private Shape shapeOf(long set) {
        var chosen = new ArrayList<FieldColumn>();
        var its = new ArrayList<FieldSchema>();
        for (int i = 0; i < columns.size(); i++) {
            if ((set >>> i & 1) != 0) {
                chosen.add(columns.get(i));
                its.add(fields[i]);
            }
        }
        return shape(chosen, its.toArray(FieldSchema[]::new), true);
    }

    private Shape shape(List<FieldColumn> chosen, FieldSchema[] its, boolean complete) {
        RowLayout layout = measurement.layout(its);
        var order = new ArrayList<Integer>();
        for (int i = 0; i < its.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> its[i].index()));
        FieldColumn[] bySlot = new FieldColumn[its.length];
        for (int slot = 0; slot < its.length; slot++) {
            bySlot[slot] = chosen.get(order.get(slot));
            layout.noteDecimals(slot, bySlot[slot].decimals());
        }
        return new Shape(layout, bySlot, complete);
    }
}
