package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

    /// Names of tags in the order they were found; those of a series mostly lie so one behind the
    /// other.
    private byte[][] tags = new byte[8][];

    private int tagCount;

    public PartColumns(MeasurementSchema schema) {
        this.schema = schema;
    }

    /// Those that parts have which become others.
    public static PartColumns of(MeasurementSchema schema, Collection<Part> parts) {
        var columns = new PartColumns(schema);
        for (Part part : parts) {
            columns.addFields(part.fields());
            for (String tag : part.tags()) {
                byte[] name = tag.getBytes(StandardCharsets.UTF_8);
                columns.placeOf(name, 0, name.length, 0);
            }
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
        if (tagCount >= schema.tagKeyCount()) {
            return; // it has no others
        }
        byte[] bytes = key.bytes();
        int at = 2 + length(bytes, 0);
        int expected = 0;
        while (at < bytes.length) {
            int nameAt = at + 2;
            int valueAt = nameAt + length(bytes, at) + 2;
            expected = placeOf(bytes, nameAt, valueAt - 2, expected) + 1;
            at = valueAt + length(bytes, valueAt - 2);
        }
    }

    /// Takes in the fields of a block.
    public void add(Block block) {
        for (int column = 0; column < block.columnCount(); column++) {
            fields.set(block.fieldIndex(column));
        }
    }

    /// Where a name is, which is added when it is new.
    private int placeOf(byte[] bytes, int from, int to, int expected) {
        for (int i = 0; i < tagCount; i++) {
            int place = (expected + i) % tagCount;
            byte[] name = tags[place];
            if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
                return place;
            }
        }
        if (tagCount == tags.length) {
            tags = Arrays.copyOf(tags, 2 * tagCount);
        }
        tags[tagCount] = Arrays.copyOfRange(bytes, from, to);
        return tagCount++;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
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
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < tagCount; i++) {
            names.add(new String(tags[i], StandardCharsets.UTF_8));
        }
        return new ParquetColumns(
                List.copyOf(names),
                fields().stream()
                        .map(field -> new ParquetField(field.name(), field.type()))
                        .toList());
    }

    /// Of each field among the columns the index that blocks know it by.
    int[] fieldIndexes() {
        return fields().stream().mapToInt(FieldSchema::index).toArray();
    }
}
