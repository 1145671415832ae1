package io.tsdb.storage.parquet;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.NanoSeconds;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Builds Parquet's footer: schema, row groups, key-value pairs.
final class FileMetadata {
    /// The first bytes of a file, and the last.
    static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /// Readers look for `name version x.y.z` here and work around what known versions did wrong.
    static final String CREATED_BY = "tsdb version 0.1.0 (build 1)";

    private FileMetadata() {}

    static FileMetaData of(
            ParquetColumns columns,
            TimeUnit timeUnit,
            long rowCount,
            List<RowGroup> rowGroups,
            Map<String, String> keyValues) {
        var metadata = new FileMetaData(2, schema(columns, timeUnit), rowCount, rowGroups);
        metadata.setCreated_by(CREATED_BY);
        metadata.setColumn_orders(
                Collections.nCopies(
                        columns.count(), ColumnOrder.TYPE_ORDER(new TypeDefinedOrder())));
        var pairs = new ArrayList<KeyValue>();
        keyValues.forEach(
                (key, value) -> {
                    var pair = new KeyValue(key);
                    pair.setValue(value);
                    pairs.add(pair);
                });
        metadata.setKey_value_metadata(pairs);
        return metadata;
    }

    /// Writes the end of a file: metadata, its length, [#MAGIC].
    static void writeFooter(FileMetaData metadata, PageTarget target) throws IOException {
        var bytes = new ByteArrayOutputStream();
        Util.writeFileMetaData(metadata, bytes);
        target.write(bytes.toByteArray(), bytes.size());
        var tail = new ByteSink(Long.BYTES);
        tail.putInt(bytes.size());
        tail.putBytes(MAGIC, 0, MAGIC.length);
        target.write(tail.array(), tail.size());
    }

    static RowGroup rowGroup(List<ColumnChunk> chunks, long rowCount) {
        long rawBytes = 0;
        long compressedBytes = 0;
        for (ColumnChunk chunk : chunks) {
            ColumnMetaData column = Objects.requireNonNull(chunk.getMeta_data());
            rawBytes += column.getTotal_uncompressed_size();
            compressedBytes += column.getTotal_compressed_size();
        }
        var group = new RowGroup(chunks, rawBytes, rowCount);
        group.setTotal_compressed_size(compressedBytes);
        return group;
    }

    static RowGroup rowGroup(
            List<WrittenChunk> chunks, ParquetColumns columns, long rowCount, boolean sorted) {
        RowGroup group = rowGroup(chunks.stream().map(WrittenChunk::chunk).toList(), rowCount);
        if (sorted) {
            var sorting = new ArrayList<SortingColumn>();
            for (int tag = 0; tag < columns.tags().size(); tag++) {
                sorting.add(new SortingColumn(1 + tag, false, true));
            }
            sorting.add(new SortingColumn(0, false, true));
            group.setSorting_columns(sorting);
        }
        return group;
    }

    /// @param count of the columns that follow
    static SchemaElement root(int count) {
        var root = new SchemaElement("schema");
        root.setNum_children(count);
        return root;
    }

    private static List<SchemaElement> schema(ParquetColumns columns, TimeUnit timeUnit) {
        var schema = new ArrayList<SchemaElement>();
        schema.add(root(columns.count()));
        schema.add(time(timeUnit));
        for (String tag : columns.tags()) {
            schema.add(text(tag));
        }
        for (ParquetField field : columns.fields()) {
            schema.add(
                    switch (field.type()) {
                        case STRING -> text(field.name());
                        case UINT64 -> unsigned(field.name());
                        case INT64, FLOAT64, BOOL ->
                                optional(field.name(), ChunkWriter.formatType(field.type()));
                    });
        }
        return schema;
    }

    private static SchemaElement time(TimeUnit timeUnit) {
        var time = new SchemaElement(ParquetColumns.TIME);
        time.setType(Type.INT64);
        time.setRepetition_type(FieldRepetitionType.REQUIRED);
        switch (timeUnit) {
            case MICROS -> {
                time.setConverted_type(ConvertedType.TIMESTAMP_MICROS);
                time.setLogicalType(
                        timestamp(org.apache.parquet.format.TimeUnit.MICROS(new MicroSeconds())));
            }
            case NANOS ->
                    time.setLogicalType(
                            timestamp(org.apache.parquet.format.TimeUnit.NANOS(new NanoSeconds())));
        }
        return time;
    }

    static SchemaElement optionalTime(String name) {
        SchemaElement time = optional(name, Type.INT64);
        time.setLogicalType(timestamp(org.apache.parquet.format.TimeUnit.NANOS(new NanoSeconds())));
        return time;
    }

    private static LogicalType timestamp(org.apache.parquet.format.TimeUnit unit) {
        return LogicalType.TIMESTAMP(new TimestampType(true, unit));
    }

    static SchemaElement text(String name) {
        SchemaElement element = optional(name, Type.BYTE_ARRAY);
        element.setConverted_type(ConvertedType.UTF8);
        element.setLogicalType(LogicalType.STRING(new StringType()));
        return element;
    }

    static SchemaElement unsigned(String name) {
        SchemaElement element = optional(name, Type.INT64);
        element.setConverted_type(ConvertedType.UINT_64);
        element.setLogicalType(LogicalType.INTEGER(new IntType((byte) Long.SIZE, false)));
        return element;
    }

    static SchemaElement optional(String name, Type type) {
        var element = new SchemaElement(name);
        element.setType(type);
        element.setRepetition_type(FieldRepetitionType.OPTIONAL);
        return element;
    }
}
