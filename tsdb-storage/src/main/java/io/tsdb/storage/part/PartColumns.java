package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds the columns of a part that is to be written: the tags and fields that its rows have, and
/// no others that the schema has got meanwhile. So replicas, which know of a new field sooner or
/// later than they write the same rows, write the same bytes. One thread.
public final class PartColumns {
    private final MeasurementSchema schema;
    private final BitSet fields = new BitSet();
    private final Set<String> tags = new TreeSet<>();

    public PartColumns(MeasurementSchema schema) {
        this.schema = schema;
    }

    /// Those that parts have which become others.
    public static PartColumns of(MeasurementSchema schema, Collection<Part> parts) {
        var columns = new PartColumns(schema);
        for (Part part : parts) {
            columns.addFields(part.fields());
            columns.tags.addAll(part.tags());
        }
        return columns;
    }

    /// Takes in fields that some rows may have: what is merged may lose the last row that has one.
    void addFields(FieldSet more) {
        for (FieldSchema field : schema.fieldsByIndex()) {
            if (more.contains(field.index())) {
                fields.set(field.index());
            }
        }
    }

    /// Takes in the tags of a series.
    public void add(SeriesKey key) {
        if (tags.size() < schema.tagKeyCount()) { // else it has no others
            List<String> pairs = key.tags();
            for (int i = 0; i < pairs.size(); i += 2) {
                tags.add(pairs.get(i));
            }
        }
    }

    /// Takes in the fields of a block.
    public void add(Block block) {
        for (int column = 0; column < block.columnCount(); column++) {
            fields.set(block.fieldIndex(column));
        }
    }

    MeasurementSchema schema() {
        return schema;
    }

    /// In name order.
    private List<FieldSchema> fields() {
        var found = new ArrayList<FieldSchema>();
        List<FieldSchema> all = schema.fieldsByIndex();
        fields.stream().forEach(index -> found.add(all.get(index)));
        found.sort(Comparator.comparing(FieldSchema::name));
        return found;
    }

    ParquetColumns columns() {
        return new ParquetColumns(
                List.copyOf(tags),
                fields().stream()
                        .map(field -> new ParquetField(field.name(), field.type()))
                        .toList());
    }

    /// Of each field among the columns the index that blocks know it by.
    int[] fieldIndexes() {
        return fields().stream().mapToInt(FieldSchema::index).toArray();
    }
}
