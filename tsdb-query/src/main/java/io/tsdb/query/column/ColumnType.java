package io.tsdb.query.column;

import io.tsdb.storage.model.FieldType;

/// Type of an expression or a result column.
public enum ColumnType {
    /// Nanoseconds since the epoch in [ColumnVector#longs].
    TIMESTAMP("timestamp"),
    /// Signed 64-bit integers in [ColumnVector#longs].
    INT64("int64"),
    /// Unsigned 64-bit integers in [ColumnVector#longs], as [io.tsdb.storage.model.Uint64] has
    /// them.
    UINT64("uint64"),
    /// IEEE doubles in [ColumnVector#doubles].
    FLOAT64("float64"),
    /// 0 or 1 in [ColumnVector#longs].
    BOOL("bool"),
    /// Ids into a dictionary in [ColumnVector#ids].
    STRING("string");

    private final String sqlName;

    ColumnType(String sqlName) {
        this.sqlName = sqlName;
    }

    /// Name of the type in results, documents and error texts.
    public String sqlName() {
        return sqlName;
    }

    public boolean isNumeric() {
        return this == INT64 || this == UINT64 || this == FLOAT64;
    }

    public static ColumnType of(FieldType type) {
        return switch (type) {
            case INT64 -> INT64;
            case UINT64 -> UINT64;
            case FLOAT64 -> FLOAT64;
            case BOOL -> BOOL;
            case STRING -> STRING;
        };
    }
}
