package io.tsdb.storage.parquet;

import io.tsdb.storage.model.FieldType;

/// A field as a column of a part.
public record ParquetField(String name, FieldType type) {}
