package io.tsdb.storage.parquet;

import java.util.List;

/// Columns of a part's file, in this order: `time`, the tags in name order, the fields in name
/// order.
///
/// @param tags columns of strings, absent where a series lacks the tag
/// @param fields columns of values, absent where a row lacks the field
public record ParquetColumns(List<String> tags, List<ParquetField> fields) {
    /// Name of the column of timestamps; neither tag nor field can have it, ingest refuses them.
    public static final String TIME = "time";

    public ParquetColumns {
        tags = List.copyOf(tags);
        fields = List.copyOf(fields);
    }

    /// Number of columns of the file.
    int count() {
        return 1 + tags.size() + fields.size();
    }
}
